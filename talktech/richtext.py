"""Text to safe HTML: the only module that knows bleach. A leaf; every app may import it.

Posts are plain text: escaped, linked, broken where the writer broke them. Curators' introductions
are markdown without HTML, and go through an allow-list. Both take time in proportion to the text,
whatever is in it, and give HTML that may be inserted as it is.

Links are found here and not by linkify-it-py, which takes 14 seconds over "http://" with
twenty-two times "xn--a." and a hyphen, and four times as long for every two more.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from ipaddress import ip_address
from typing import Any

import bleach
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MOST_MARKS = 8
LONGEST_LINK = 2000
LINK_ATTRIBUTES = {"rel": "noopener noreferrer nofollow", "target": "_blank"}
TAGS = ("p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre")

# A word that begins like an address, up to a space or a character that no address has in it.
# Nothing in it can match in two ways, so that no text makes it go back.
BEGINNING = re.compile(r"(?<![\w@/.&=-])(?:https?://|www\.)(?=[\w\[])", re.IGNORECASE)
WORD = re.compile(r"[^\s<>\"`{}|\\^\u2066-\u2069\u202a-\u202e]+")
# One label has no dot in it, so the host too matches in one way only.
ADDRESS = re.compile(
    r"https?://(?:(?P<name>[\w-]+(?:\.[\w-]+)*)\.?|\[(?P<ip>[0-9a-f:.]+)\])"
    r"(?::(?P<port>\d{1,5}))?(?=[/?#]|\Z)",
    re.IGNORECASE,
)
LONGEST_HOST = 253
LARGEST_PORT = 65535
CLOSING = {")": "(", "]": "["}
AFTER_A_LINK = ".,;:!?'*_~\u2026\u2019\u201d\u00bb\u3001\u3002\uff0c\uff01\uff1f"


def post_html(body: str) -> str:
    """A post's plain text as HTML: text, `<br>` and `<a>`, nothing else.

    The text keeps its direction to itself only if the page isolates it, in `<bdi>` or `dir="auto"`.
    """
    return linked(tame(body)).replace("\n", "<br>")


def markdown_html(text: str) -> str:
    """Markdown as HTML of the tags in `TAGS`; '' for a text of nothing but spaces.

    Headings become strong paragraphs, as the page around it has its own; pictures become their
    description; a bare address is a link as it is in a post.
    """
    # Tamed twice: markdown has its own way to write a character, `&#769;`.
    html = tame(MARKDOWN.render(tame(text))).strip()
    return bleach.clean(
        html, tags=TAGS, attributes=may_have, protocols=("http", "https"), strip=True
    )


def tame(text: str) -> str:
    """Without what no text needs: controls, halves of characters, piles of combining marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= MOST_MARKS and (category not in ("Cc", "Cs") or char in "\n\t"):
            kept.append(char)
    return "".join(kept)


def linked(text: str) -> str:
    """The text, escaped, with its addresses as links."""
    html: list[str] = []
    done = 0
    for start, end in find_links(text):
        url = text[start:end]
        html += escape(text[done:start]), opening_tag(with_scheme(url)), escape(url), "</a>"
        done = end
    return "".join(html) + escape(text[done:])


def find_links(text: str) -> Iterator[tuple[int, int]]:
    """Where the web addresses are, in order, with `http://`, `https://` or `www.` before them.

    The stop that ends the sentence and a bracket that was opened before the address are not part
    of it. Each word is looked at once.
    """
    position = 0
    while begins := BEGINNING.search(text, position):
        word = WORD.match(text, begins.start())
        assert word is not None, "what begins an address is a word"
        position = word.end()
        if len(word[0]) <= LONGEST_LINK:
            url = without_the_end_of_the_sentence(word[0])
            if len(url) > len(begins[0]) and is_web_address(with_scheme(url)):
                position = begins.start() + len(url)
                yield begins.start(), position


def without_the_end_of_the_sentence(word: str) -> str:
    spare = {close: word.count(close) - word.count(open_) for close, open_ in CLOSING.items()}
    end = len(word)
    while end and (word[end - 1] in AFTER_A_LINK or spare.get(word[end - 1], 0) > 0):
        if word[end - 1] in CLOSING:
            spare[word[end - 1]] -= 1
        end -= 1
    return word[:end]


def with_scheme(url: str) -> str:
    return f"https://{url}" if url[:4].lower() == "www." else url


def is_web_address(url: str) -> bool:
    """Can a browser open it as a page: http or https, a host, no name and password?"""
    parts = ADDRESS.match(url)
    if parts is None or int(parts["port"] or 0) > LARGEST_PORT:
        return False
    return is_host_name(parts["name"]) if parts["name"] else is_ip_address(parts["ip"])


def is_host_name(name: str) -> bool:
    """A name in letters of any script, or an IPv4 address in its usual form."""
    if len(name) > LONGEST_HOST:
        return False
    if name.rsplit(".", 1)[-1][0].isdigit():
        return is_ip_address(name)
    try:
        return all(is_label(label) for label in name.split("."))
    except UnicodeError:
        return False


def is_label(label: str) -> bool:
    """Is this one part of a name: letters and digits, and none of two directions?

    Raises UnicodeError where it has no form in ASCII, which is what the network knows.
    """
    if label[:4].lower() == "xn--" and not label.isascii():
        return False
    shown = label.encode("idna").decode("idna")
    directions = {unicodedata.bidirectional(char) for char in shown}
    return (
        not shown.startswith("xn--")
        and all(char in "-_" or unicodedata.category(char)[0] in "LMN" for char in shown)
        and (directions <= {"R", "AL"} or not directions & {"R", "AL", "AN"})
    )


def is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def opening_tag(href: str) -> str:
    attributes = {"href": href, **LINK_ATTRIBUTES}.items()
    return "<a" + "".join(f' {name}="{escape(value)}"' for name, value in attributes) + ">"


def may_have(tag: str, name: str, value: str) -> bool:
    """The allow-list of attributes, for bleach."""
    if tag != "a":
        return False
    return is_web_address(value) if name == "href" else LINK_ATTRIBUTES.get(name) == value


def house_style(state: StateCore) -> None:
    """Headings as strong paragraphs; text outside links as a kind of its own, to be linked."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.type = f"strong_{token.type}"
        link: Token | None = None
        for child in token.children or ():
            if child.type == "link_open":
                link = child
            within, link = link, None if child.type == "link_close" else link
            if within is None:
                child.type = "text_to_link" if child.type == "text" else child.type
            elif child.type in ("link_open", "link_close") and not within.attrGet("href"):
                child.type, child.nesting = "text", 0  # `[]()` leads nowhere


def open_link(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return opening_tag(str(tokens[at].attrGet("href") or ""))


def show_picture(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return escape(tokens[at].content)


def link_text(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return linked(tokens[at].content)


def make_markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.validateLink = is_web_address  # type: ignore[method-assign]
    markdown.core.ruler.push("house_style", house_style)
    rules = markdown.renderer.rules  # type: ignore[attr-defined]
    rules["link_open"] = open_link
    rules["image"] = show_picture
    rules["text_to_link"] = link_text
    rules["strong_heading_open"] = lambda *_: "<p><strong>"
    rules["strong_heading_close"] = lambda *_: "</strong></p>\n"
    return markdown


MARKDOWN = make_markdown()
