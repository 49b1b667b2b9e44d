"""Finds web addresses in text and makes links of those that are safe.

linkify-it-py is not used: it takes 14 seconds for "http://" followed by twenty-two times "xn--a."
and a hyphen, and four times as long for every two more.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from ipaddress import ip_address

from talktech.text.characters import is_unambiguous_label

LONGEST_LINK = 2000
LINK_ATTRIBUTES = {"rel": "noopener noreferrer nofollow", "target": "_blank"}

# A word that begins like an address, up to a space or a character that no address contains. Nothing
# in these patterns can match in two ways, so no text makes them backtrack. An underscore may come
# before an address, as a mark.
BEGINNING = re.compile(r"(?<![^\W_])(?<![@/.&=-])(?:https?://|www\.)(?=[\w\[])", re.IGNORECASE)
WORD = re.compile(r"[^\s<>\"`{}|\\^\u2066-\u2069\u202a-\u202e]+")
# A label contains no dot, so a host too can match in one way only.
ADDRESS = re.compile(
    r"https?://(?:(?P<name>[\w-]+(?:\.[\w-]+)*)\.?|\[(?P<ip>[0-9a-f:.]+)\])"
    r"(?::(?P<port>\d{1,5}))?(?=[/?#]|\Z)",
    re.IGNORECASE,
)
LONGEST_HOST = 253
LARGEST_PORT = 65535
CLOSING = {")": "(", "]": "["}
AFTER_A_LINK = ".,;:!?'*_~\u2026\u2019\u201d\u00bb\u3001\u3002\uff0c\uff01\uff1f"


def linked_html(text: str) -> str:
    """Return the escaped text with its addresses as links."""
    html: list[str] = []
    done = 0
    for start, end in find_links(text):
        html += escape(text[done:start]), link_html(text[start:end])
        done = end
    return "".join(html) + escape(text[done:])


def link_html(url: str) -> str:
    """Return an address that `find_links` found as a link to it."""
    return f"{opening_tag(with_scheme(url))}{escape(url)}</a>"


def find_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each web address that begins with `http://`, `https://` or `www.`.

    Punctuation that ends a sentence, and a closing bracket whose opening one comes before the
    address, are not part of it. Each word is looked at once.
    """
    position = 0
    while begins := BEGINNING.search(text, position):
        word = WORD.match(text, begins.start())
        assert word is not None, "the beginning of an address is the beginning of a word"
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
    """True for http and https with a valid host, and without user name and password."""
    parts = ADDRESS.match(url)
    if parts is None or int(parts["port"] or 0) > LARGEST_PORT:
        return False
    return is_host_name(parts["name"]) if parts["name"] else is_ip_address(parts["ip"])


def is_host_name(name: str) -> bool:
    """True for a name in letters of any script, and for an IPv4 address in its usual form."""
    if len(name) > LONGEST_HOST:
        return False
    if name.rsplit(".", 1)[-1][0].isdigit():
        return is_ip_address(name)
    try:
        return all(is_label(label) for label in name.split("."))
    except UnicodeError:
        return False


def is_label(label: str) -> bool:
    """True if this label has only letters and digits, all of one writing direction.

    Raises UnicodeError if it can't be encoded in ASCII (IDNA).
    """
    if (label[:4].lower() == "xn--" and not label.isascii()) or not is_unambiguous_label(label):
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
