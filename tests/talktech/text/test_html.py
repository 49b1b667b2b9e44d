"""Rendering text as HTML is safe, loses nothing that people write, and takes linear time."""

import gc
import re
import time
import unicodedata
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talktech.text.html import (
    MOST_LINES,
    MOST_MARKS,
    MOST_SIGNS,
    TAGS,
    markdown_html,
    post_html,
    strip_unsafe_characters,
)
from talktech.text.links import LINK_ATTRIBUTES, LONGEST_LINK, find_links, linked_html
from talktech.text.markup import ELEMENTS
from tests.talktech.hostile import HOSTILE, LONG, LONG_MARKDOWN, LONG_MARKS

MANY_TIMES = 6
SLOWER_THAN_LINEAR = 2.6
IN_A_POST = set(ELEMENTS)
LINK = 'rel="noopener noreferrer nofollow" target="_blank"'

anything = st.text(st.characters(exclude_categories=["Cs"]))
# Pieces with a meaning in links, markdown or HTML.
pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *"/.)([]<>&\"'`*_\n !\\\u0301\u202e",
                *("http://", "https://", "www.", "example.com", "javascript:", "&amp;", "&#"),
                *("# ", "    ", "> ", "1. ", "](", "<a ", "href=", "</a>", "<script>"),
                *("- ", "2. ", "**", " _", "_ ", "\n> ", ":tada:", "@Dana", ">"),
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=30,
).map("".join)


class Reader(HTMLParser):
    """Parses HTML as a browser would: tags with their attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.events: list[object] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.events.append((tag, sorted(attrs, key=str)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.events.append(f"/{tag}")
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.events and isinstance(self.events[-1], list):
            self.events[-1][0] += data
        else:
            self.events.append([data])

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def assert_safe(html: str, tags: set[str]) -> Reader:
    """Only these tags, only our links, every tag closed, and nh3 finds nothing left to remove."""
    read = Reader(html)
    assert read.open == []
    for tag, attributes in read.tags:
        assert tag in tags
        if tag == "a":
            assert set(attributes) == {"href", "rel", "target"}
            assert (attributes["href"] or "").lower().startswith(("http://", "https://"))
            assert {"rel": attributes["rel"], "target": attributes["target"]} == LINK_ATTRIBUTES
        else:
            assert attributes == {}
    again = nh3.clean(
        html,
        tags=tags,
        attributes={"a": {"href", "rel", "target"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    assert Reader(again).events == read.events
    html.encode("utf-8")
    return read


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_post_is_only_text(text: str) -> None:
    assert_safe(post_html(text), IN_A_POST)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_introduction_is_only_what_the_list_allows(text: str) -> None:
    assert_safe(markdown_html(text), set(TAGS))


def test_the_hostile_corpus_is_large_enough_to_mean_something() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@given(st.one_of(anything, pieces))
def test_any_post_gives_html_that_a_second_sanitiser_leaves_alone(text: str) -> None:
    assert_safe(post_html(text, ["@Dana", "@<b>"], {"tada": "\N{PARTY POPPER}"}), IN_A_POST)


@given(st.one_of(anything, pieces))
def test_any_introduction_gives_html_that_a_second_sanitiser_leaves_alone(text: str) -> None:
    assert_safe(markdown_html(text), set(TAGS))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "M"])))
def test_no_character_of_a_post_is_lost_but_its_marks(text: str) -> None:
    shown = Reader(post_html(text)).text
    letters = iter(text)
    assert all(char in letters for char in shown), "in the same order, and nothing new"
    lost = len(text) - len(shown)
    assert lost <= sum(text.count(mark) for mark in "*_`>-. 1")


@given(st.one_of(anything, pieces))
def test_a_post_without_marks_is_text_links_and_line_breaks(text: str) -> None:
    plain = strip_unsafe_characters(re.sub(r"[*_`:@]", "", text))
    plain = re.sub(r"^(?:[->]|\d+\.) ?", "x", plain, flags=re.MULTILINE)
    assert post_html(plain) == linked_html(plain).replace("\n", "<br>")


def test_a_post_keeps_its_lines() -> None:
    assert post_html("one\ntwo\r\nthree\rfour") == "one<br>two<br>three<br>four"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*so* and _so_", "<em>so</em> and <em>so</em>"),
        ("**very**, (*maybe*)!", "<strong>very</strong>, (<em>maybe</em>)!"),
        ("**_both_**", "<strong><em>both</em></strong>"),
        ("“*said*” *Dana*'s", "“<em>said</em>” <em>Dana</em>&#x27;s"),
        ("_snake_case_", "<em>snake_case</em>"),
        ("*a *b* c*", "*a <em>b</em> c*"),
        ("*a _b* c_", "<em>a _b</em> c_"),
        ("*重要*", "<em>重要</em>"),
        ("*\N{PARTY POPPER}*", "<em>\N{PARTY POPPER}</em>"),
        ("run `rm -rf *` now", "run <code>rm -rf *</code> now"),
        ("`<b>` *`x`*", "<code>&lt;b&gt;</code> <em><code>x</code></em>"),
        ("`https://a.example`", "<code>https://a.example</code>"),
        ("- one\n- *two*", "<ul><li>one</li><li><em>two</em></li></ul>"),
        ("Three:\n\n1. a\n2. b\n\nSo", "Three:<ol><li>a</li><li>b</li></ol>So"),
        ("1. a\n1. b", "<ol><li>a</li></ol><ol><li>b</li></ol>"),
        ("> a\n>\n> b\nNo", "<blockquote>a<br><br>b</blockquote>No"),
        ("> a\n>", "<blockquote>a</blockquote>"),
        ("> > a", "<blockquote>&gt; a</blockquote>"),
        ("> - a", "<blockquote>- a</blockquote>"),
    ],
)
def test_a_mark_of_a_post_is_shown(text: str, html: str) -> None:
    assert post_html(text) == html
    assert_safe(html, IN_A_POST)


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4", "2 * 3 * 4", "5* of 10*", "a * b", "*", "**", "* *", "*a", "a*", "*a\nb*",
        "snake_case_name", "__init__", "_private", "T_T ^_^ ^_^ -_- -_-", "o_o", "*.py, *.js",
        "f(*a, *b)", "f(*args, **kwargs)", "A* and B* search", "***a***", "(*) and (*)", "*****",
        "C:_a_b", "a**b**c", "* a", "`a", "a`", "``a``", "` `", "# a", "-a", "->", "- ", "-",
        ">", "> ", "> \n> ", ">a", "1.a", "1. ", "2. a", "3. I agree", "2026. A year",
        "0. a", "+1", "10:30:45", ":nope:", "a:tada:b", "[a](b)", "~a~", "--", "---",
        "@Dana", "a@b.example",
    ],
)  # fmt: skip
def test_an_incomplete_mark_stays_as_it_was_typed(text: str) -> None:
    assert unescape(post_html(text, (), {"tada": "!"}).replace("<br>", "\n")) == text


def test_marks_leave_addresses_alone() -> None:
    for text in ("*see https://a.example/b_c_d/*", "_https://a.example/*x_", "**www.a.example**"):
        read = Reader(post_html(text))
        assert read.tags[0][0] in ("em", "strong")
        assert read.text == text.strip("*_")
    assert (
        post_html("https://a.example/*b*/_c_").endswith(">https://a.example/*b*/_c_</a>") is False
    )
    assert "<em>" not in post_html("https://a.example/*b*/_c_")


def test_a_known_name_between_colons_becomes_its_emoji() -> None:
    emoji = {"tada": "\N{PARTY POPPER}", "+1": "\N{THUMBS UP SIGN}", "a_b_c": "!"}
    assert post_html(":tada: (:+1:):tada:!", (), emoji) == (
        "\N{PARTY POPPER} (\N{THUMBS UP SIGN})\N{PARTY POPPER}!"
    )
    assert post_html("*:a_b_c: x* `:tada:`", (), emoji) == "<em>! x</em> <code>:tada:</code>"
    assert ":tada:" in post_html("https://a.example/:tada:/", (), emoji)


def test_a_mention_is_rendered_if_it_names_a_person() -> None:
    names = ["@Dana", "@Dana Kowalski", "@Jo (R&D)"]
    assert post_html("@Dana Kowalski, *@Dana*. @Danal @Jo (R&D)", names) == (
        "<b>@Dana Kowalski</b>, <em><b>@Dana</b></em>. @Danal <b>@Jo (R&amp;D)</b>"
    )
    assert post_html("`@Dana` me@Dana", names) == "<code>@Dana</code> me@Dana"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://example.com", "http://example.com"),
        ("https://example.com/a_b-c/?d=e&f=g#h", "https://example.com/a_b-c/?d=e&f=g#h"),
        ("HTTPS://EXAMPLE.COM/", "HTTPS://EXAMPLE.COM/"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("http://intranet/wiki", "http://intranet/wiki"),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("https://例え.jp/パス", "https://例え.jp/パス"),
        ("https://xn--r8jz45g.jp/", "https://xn--r8jz45g.jp/"),
        ("https://אתר.קום/", "https://אתר.קום/"),
        ("http://192.0.2.7:65535/", "http://192.0.2.7:65535/"),
        ("https://en.wikipedia.org/wiki/Chat_(room)", "https://en.wikipedia.org/wiki/Chat_(room)"),
        ("See https://example.com/a.", "https://example.com/a"),
        ("Is it https://example.com/a?", "https://example.com/a"),
        ("(at https://example.com/a)", "https://example.com/a"),
        ("(at https://example.com/a_(b))", "https://example.com/a_(b)"),
        ("“https://example.com/a”, she said", "https://example.com/a"),
        ("https://example.com/a, and", "https://example.com/a"),
        ("<https://example.com/a>", "https://example.com/a"),
        ("here:https://example.com/a", "https://example.com/a"),
        ("\nhttps://example.com/a\nb", "https://example.com/a"),
        ("https://example.com/it's", "https://example.com/it's"),
    ],
)
def test_an_address_in_a_post_is_a_link(text: str, url: str) -> None:
    [attributes] = [attributes for tag, attributes in Reader(post_html(text)).tags if tag == "a"]
    assert attributes["href"] == url
    assert unescape(Reader(post_html(text)).text.replace("\n", "")) == text.replace("\n", "")


def test_an_address_without_scheme_needs_its_www() -> None:
    assert post_html("www.example.com/a.") == (
        f'<a href="https://www.example.com/a" {LINK}>www.example.com/a</a>.'
    )
    assert post_html("example.com, v1.2 and e.g. me@example.com") == (
        "example.com, v1.2 and e.g. me@example.com"
    )


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "ftp://example.com/a", "mailto:me@example.com", "//example.com/a",
        "https://me:secret@example.com/", "http://", "http://-@a", "www.", "xhttp://example.com",
        "me@www.example.com", "https://good.example@evil.example/", "http://a..b/",
        "WWW._", "http://a:65536/", "http://1.2.3.400/", "http://a.1/", "https://xn--a/",
    ],
)  # fmt: skip
def test_an_unsafe_address_in_a_post_stays_text(text: str) -> None:
    assert list(find_links(text)) == []


def test_an_address_of_the_longest_length_is_a_link_and_one_longer_is_not() -> None:
    url = "https://example.com/".ljust(LONGEST_LINK, "a")
    assert "<a " in post_html(url)
    assert "<a " not in post_html(url + "a")


def test_eight_combining_marks_stay_on_a_letter_and_a_ninth_is_removed() -> None:
    eight = "e" + "\u0316" * MOST_MARKS
    assert post_html(eight) == eight
    assert post_html(eight + "\u0316!") == eight + "!"
    assert markdown_html("e" + "&#790;" * 30) == f"<p>{eight}</p>"


@given(st.text(st.characters(categories=["L", "M"])))
def test_no_letter_has_more_than_eight_combining_marks(text: str) -> None:
    height = 0
    for char in post_html(text):
        height = height + 1 if unicodedata.category(char)[0] == "M" else 0
        assert height <= MOST_MARKS


def test_an_introduction_may_use_the_formatting_of_prose() -> None:
    text = "Hi *you*, **read** [this](https://a.example/).\n\n- one\n- two\n\n1. a\n\n> said\n\n`x`"
    assert markdown_html(text) == (
        f'<p>Hi <em>you</em>, <strong>read</strong> <a href="https://a.example/" {LINK}>this</a>.'
        "</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<ol>\n<li>a</li>\n</ol>\n"
        "<blockquote>\n<p>said</p>\n</blockquote>\n<p><code>x</code></p>"
    )


def test_a_bare_address_in_an_introduction_is_one_link() -> None:
    html = markdown_html("https://a.example/b_c_d [https://c.example](https://d.example)")
    assert [tag[1]["href"] for tag in Reader(html).tags if tag[0] == "a"] == [
        "https://a.example/b_c_d",
        "https://d.example",
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://bank.example", "https://evil.example"),
        ("bank.example", "https://evil.example/bank.example"),
        ("www.bank.example/sign-in", "https://evil.example/"),
        ("see http://bank.example here", "https://evil.example/"),
        ("*https://bank*.example", "https://evil.example/"),
        ("`bank.example`", "https://evil.example/"),
        ("b\u200bank.example", "https://evil.example/"),
        ("\uff42ank.example", "https://evil.example/"),
        ("bank\u3002example", "https://evil.example/"),
        ("bank\uff0eexample", "https://evil.example/"),
        ("bank\uff61example", "https://evil.example/"),
        ("https://bank.example", "https://bank.example.evil.example/"),
    ],
)
def test_a_link_whose_text_is_another_address_shows_its_own(text: str, address: str) -> None:
    read = Reader(markdown_html(f"Go to [{text}]({address}) now"))
    assert [tag[1]["href"] for tag in read.tags if tag[0] == "a"] == [address]
    assert read.text == f"Go to {address} now"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example", "https://a.example/"),
        ("a.example", "https://a.example/page"),
        ("http://A.example/page", "https://a.example/page#part"),
        ("the 1.5 release, e.g. this", "https://a.example/"),
        ("read this...", "https://a.example/"),
    ],
)
def test_an_honest_links_text_stays(text: str, address: str) -> None:
    assert Reader(markdown_html(f"[{text}]({address})")).text == text


@pytest.mark.parametrize(
    "host",
    [
        "p\u0430ypal.example",
        "\uff11\uff12\uff17.0.0.1",
        "\u212bngstrom.example",
        "go\u03bfgle.example",
    ],
)
def test_a_host_that_imitates_another_is_not_linked(host: str) -> None:
    assert "<a " not in post_html(f"https://{host}/")
    html = markdown_html(f"[here](https://{host}/)")
    assert "<a " not in html or "https://xn--" in html  # its form in ASCII


def test_an_introduction_with_too_much_formatting_is_shown_as_typed() -> None:
    for most, past in (
        ("`a`" + "!" * (MOST_SIGNS - 2), "!"),
        ("`a`" + "\nb" * (MOST_LINES - 1), "\nb"),
    ):
        assert markdown_html(most).startswith("<p><code>a</code>")
        assert markdown_html(most + past).startswith("<p>`a`")
    assert "<a " in markdown_html("https://a.example/ " + "`" * (MOST_SIGNS + 1))


@pytest.mark.parametrize("kind", LONG_MARKDOWN)
def test_no_introduction_takes_many_times_as_long_as_an_ordinary_one(kind: str) -> None:
    """Compare ratios at the longest allowed length. One quiet round of five is enough."""
    paragraph = "Words on *this*, **that** and [more](https://a.example/b) for all.\n\n- one\n\n"
    ordinary, worst = (paragraph * 100)[:5000], LONG_MARKDOWN[kind](5000)[:5000]
    ratios = []
    for _ in range(5):
        ratios.append(fastest(markdown_html, worst) / fastest(markdown_html, ordinary))
        if ratios[-1] < MANY_TIMES:
            return
    raise AssertionError(ratios)


def test_an_address_in_code_is_not_linked() -> None:
    assert markdown_html("`https://a.example`") == "<p><code>https://a.example</code></p>"


def test_a_heading_becomes_a_strong_paragraph() -> None:
    assert markdown_html("# Big\n\nSmall\n---") == (
        "<p><strong>Big</strong></p>\n<p><strong>Small</strong></p>"
    )


def test_a_picture_becomes_its_description() -> None:
    assert markdown_html("![a <cat>](https://a.example/cat.png)") == "<p>a &lt;cat&gt;</p>"


def test_an_empty_introduction_is_empty() -> None:
    assert markdown_html("") == markdown_html(" \n ") == ""


@pytest.mark.parametrize("kind", [*LONG, *LONG_MARKS])
def test_twice_the_post_takes_no_more_than_twice_the_time(kind: str) -> None:
    def html(text: str) -> str:
        return post_html(text, ["@" + "a" * 40, "@a"], {"a": "!"})

    assert_linear(html, {**LONG, **LONG_MARKS}[kind], 40_000 if kind in LONG else 10_000)


@pytest.mark.parametrize("kind", [*LONG, *LONG_MARKDOWN])
def test_twice_the_introduction_takes_no_more_than_twice_the_time(kind: str) -> None:
    assert_linear(markdown_html, {**LONG, **LONG_MARKDOWN}[kind], 2_500)


def assert_linear(make: Callable[[str], str], text: Callable[[int], str], length: int) -> None:
    """Compare ratios only, as machines differ. One quiet round of five is enough."""
    ratios = []
    for _ in range(5):
        once, twice = (fastest(make, text(n)) for n in (length, 2 * length))
        ratios.append(twice / once)
        if ratios[-1] < SLOWER_THAN_LINEAR:
            return
    raise AssertionError(ratios)


def fastest(make: Callable[[str], str], text: str) -> float:
    """Seconds of processor time, the best of three, so that other processes don't count."""
    gc.disable()
    try:
        rounds = []
        for _ in range(3):
            start = time.process_time()
            make(text)
            rounds.append(time.process_time() - start)
    finally:
        gc.enable()
    return min(rounds)
