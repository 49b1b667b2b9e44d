"""Validators for what curators write: a line, some paragraphs, a link. Each has its tidying."""

import ipaddress
import re
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from talktech.text.characters import has_something_visible, is_unambiguous_label

MOST_MARKS = 8
LONGEST_LINK = 500
REFUSED_CATEGORIES = {"Cc", "Cs", "Cn", "Co"}
# These reverse the text after them. Left-to-right and right-to-left marks and joiners are allowed:
# Persian, Hebrew and emoji need them.
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)\Z")


def tidy_line(text: str) -> str:
    """NFC, on one line, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidy_prose(text: str) -> str:
    """NFC, with plain line ends, without blank lines around it."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace("\t", "    ").strip()


def tidy_link(text: str) -> str:
    """Without spaces around it; `example.com/a`, as people type it, gets its https."""
    link = text.strip()
    if link and "://" not in link and re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?(/|\?|#|\Z)", link):
        return f"https://{link}"
    return link


def check_line(text: str) -> None:
    """Raise ValidationError for characters that are invisible or change the layout of a page."""
    check_characters(text, allowed="")


def check_prose(text: str) -> None:
    check_characters(text, allowed="\n")


def check_characters(text: str, allowed: str) -> None:
    run = 0
    for char in text:
        if char in TURNING:
            raise ValidationError(
                "Remove the hidden character that reverses the text direction.", code="turning"
            )
        category = unicodedata.category(char)
        if char not in allowed and (category in REFUSED_CATEGORIES or category in ("Zl", "Zp")):
            raise ValidationError(
                "Remove the character that can’t be displayed. "
                "Typing the text instead of pasting it usually helps.",
                code="unseen",
            )
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MOST_MARKS:
            raise ValidationError(
                f"Use no more than {MOST_MARKS} accents on a letter.", code="marks"
            )
    if text and not text.isspace() and not has_something_visible(text):
        raise ValidationError("Write something visible.", code="unseen")


def check_link(url: str) -> None:
    """Raise ValidationError unless it is written as the address of a web page.

    http or https, a host with a dot (or an IP address), no name or password, nothing invisible.
    Whether such a page exists is not checked.
    """
    if len(url) > LONGEST_LINK:
        raise ValidationError(
            f"A link can have at most {LONGEST_LINK} characters.", code="too_long"
        )
    check_line(url)
    if re.search(r"[\s\\<>\"]", url):
        raise ValidationError("Links can’t contain spaces, quotes or backslashes.", code="link")
    if not url.lower().startswith(("http://", "https://")):
        raise ValidationError("Start the link with https:// (or http://).", code="scheme")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValidationError("This isn’t the address of a web page.", code="link") from None
    if "@" in parts.netloc:
        raise ValidationError(
            "Remove the user name and password from the link.", code="credentials"
        )
    if port == 0 or not is_host(host):
        raise ValidationError(
            "Enter the full address, for example https://example.com/article.", code="host"
        )


def is_host(name: str) -> bool:
    """Is it a name with a dot, in letters of any script, or an IP address?"""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.removesuffix(".").split(".")
        is_name = len(labels) > 1 and len(name) < 254 and all(map(LABEL.match, labels))
        return is_name and all(map(is_unambiguous_label, labels))
    return True
