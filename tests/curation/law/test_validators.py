"""What curators may write, and which links they may hand to readers."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from curation.law import validators


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com/a?b=c&d=e#f",
        "HTTPS://Example.COM/",
        "https://example.com:8443/a",
        "https://sub.domain.example.co.uk/(brackets)",
        "https://bücher.example/straße",
        "https://例え.jp/記事",
        "https://192.0.2.7/page",
        "https://[2001:db8::1]/page",
        "https://example.com./",
        "https://example.com/" + "a" * (validators.LONGEST_LINK - 20),
    ],
)
def test_a_link_to_a_web_page_is_accepted(url: str) -> None:
    validators.check_link(url)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "scheme"),
        ("https://p\u0430ypal.example/", "host"),
        ("https://\uff11\uff12\uff17.0.0.1/", "host"),
        ("javascript:alert(1)", "scheme"),
        ("JaVaScRiPt:alert(1)//https://example.com", "scheme"),
        ("java\nscript:alert(1)", "unseen"),
        ("https://exam\nple.com", "unseen"),
        ("https://example.com/\x00", "unseen"),
        ("https://example.com/\x7f", "unseen"),
        ("https://example.com/\ud800", "unseen"),
        ("https://example.com/\u202etxt.exe", "turning"),
        ("data:text/html,<script>alert(1)</script>", "link"),
        ("data:text/html;base64,PHNjcmlwdD4=", "scheme"),
        ("ftp://example.com/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//example.com/a", "scheme"),
        ("https:example.com", "scheme"),
        ("https://", "host"),
        ("https:///a", "host"),
        ("https://localhost/a", "host"),
        ("https://.com", "host"),
        ("https://a..b.com", "host"),
        ("https://-a.example/", "host"),
        ("https://" + "a" * 64 + ".example/", "host"),
        ("https://" + "a." * 127 + "example/", "host"),
        ("https://example.com:0/", "host"),
        ("https://example.com:65536/", "link"),
        ("https://example.com:port/", "link"),
        ("https://[::1/", "link"),
        ("https://user@example.com/", "credentials"),
        ("https://user:secret@example.com/", "credentials"),
        ("https://example.com@evil.example/", "credentials"),
        ("https://example.com/a b", "link"),
        ('https://example.com/"onmouseover="alert(1)', "link"),
        ("https://example.com\\@evil.example/", "link"),
        ("https://example.com/" + "a" * (validators.LONGEST_LINK - 19), "too_long"),
    ],
)
def test_any_other_link_is_refused(url: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validators.check_link(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  https://example.com/a ", "https://example.com/a"),
        ("example.com/a", "https://example.com/a"),
        ("example.com", "https://example.com"),
        ("example.com:8080/a", "https://example.com:8080/a"),
        ("javascript.com:alert(1)", "javascript.com:alert(1)"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mailto:dana@example.com", "mailto:dana@example.com"),
        ("", ""),
    ],
)
def test_a_link_without_https_is_completed(typed: str, stored: str) -> None:
    assert validators.tidy_link(typed) == stored


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("with\x00NUL", "unseen"),
        ("a bell\x07", "unseen"),
        ("two\nlines", "unseen"),
        ("a line\u2028separator", "unseen"),
        ("a lone \ud83d surrogate", "unseen"),
        ("unassigned \u0378", "unseen"),
        ("private \ue000", "unseen"),
        ("\u202eturned around", "turning"),
        ("\u2066isolated", "turning"),
        ("Z" + "\u0301" * (validators.MOST_MARKS + 1), "marks"),
    ],
)
def test_a_line_with_invisible_characters_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validators.check_line(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "Plain",
        "Ünïcödé & <b>markup</b> stay text",
        "👩‍💻 joined",
        "می‌خواهم",
        "שלום\u200f",
        "Z" + "\u0301" * validators.MOST_MARKS,
    ],
)
def test_a_line_in_any_script_is_accepted(text: str) -> None:
    validators.check_line(text)


def test_prose_keeps_its_lines() -> None:
    tidied = validators.tidy_prose("  one\r\n\r\ntwo\rthree\tfour \n")
    assert tidied == "one\n\ntwo\nthree    four"
    validators.check_prose(tidied)


@given(st.text())
def test_a_tidied_line_is_one_line_and_tidy(text: str) -> None:
    once = validators.tidy_line(text)
    assert validators.tidy_line(once) == once
    assert len(once.splitlines()) <= 1


@given(st.text())
def test_no_input_breaks_a_check(text: str) -> None:
    for check in (validators.check_line, validators.check_prose, validators.check_link):
        assert all(sentence.endswith(".") for sentence in refusals(check, text))


@given(st.text(max_size=30))
def test_no_host_breaks_the_check_of_a_link(text: str) -> None:
    assert all(
        sentence.endswith(".") for sentence in refusals(validators.check_link, f"https://{text}")
    )


def refusals(check: Callable[[str], None], text: str) -> list[str]:
    try:
        check(text)
    except ValidationError as refusal:
        return refusal.messages
    return []


@pytest.mark.parametrize("check", [validators.check_line, validators.check_prose])
def test_a_text_of_fillers_alone_is_refused(check: Callable[[str], None]) -> None:
    with pytest.raises(ValidationError, match="Write something visible") as refused:
        check("\u3164 \u2800\ufe0f")
    assert refused.value.code == "unseen"
    check("\u2764\ufe0f")
    check("")
