"""Turns texts that people write into safe HTML; the only module that uses bleach.

Posts are plain text with a few marks (`talktech.text.markup`), web addresses
(`talktech.text.links`) and line breaks. Curators' introductions are markdown without HTML, whose
elements and attributes are on an allow-list. Both take time in proportion to the length of the
text, and give HTML that may be inserted as it is.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import bleach
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from talktech.text.characters import is_visible
from talktech.text.links import LINK_ATTRIBUTES, is_web_address, linked_html, opening_tag
from talktech.text.markup import markup_html

MOST_MARKS = 8
# Limits for one introduction: lines, characters special to markdown, and parsed tokens.
MOST_LINES = 400
MOST_SIGNS = 1_500
MOST_PARTS = 1_500
SIGN = re.compile(r"[][!*_`<>&\\]")
# An address without a scheme, `bank.example`, counts if it is the whole text.
LOOKS_LIKE_AN_ADDRESS = re.compile(r"//|www\.|\A[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[:/?#].*)?\Z")
TAGS = ("p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre")


def post_html(
    body: str, mentions: Collection[str] = (), emoji: Mapping[str, str] | None = None
) -> str:
    """Return a post's text as HTML with the elements in `talktech.text.markup.ELEMENTS`.

    `mentions` are the names in it that mention people, as typed, each with its `@`; `emoji` maps
    the names of emoji to emoji. The page has to isolate the text's direction, by `<bdi>` or
    `dir="auto"`.
    """
    return markup_html(strip_unsafe_characters(body), mentions, emoji)


def markdown_html(text: str) -> str:
    """Return markdown as HTML with the tags in `TAGS`; '' for a text of spaces only.

    A text with more formatting than any introduction has is shown as it was typed, as rendering it
    would take ten times as long as prose.

    Headings become strong paragraphs, as the page has headings of its own; pictures become their
    description; web addresses become links, as in posts.
    """
    text = strip_unsafe_characters(text)
    is_plain = text.count("\n") >= MOST_LINES or len(SIGN.findall(text)) > MOST_SIGNS
    tokens = [] if is_plain else MARKDOWN.parse(text)
    if is_plain or sum(1 + len(token.children or ()) for token in tokens) > MOST_PARTS:
        return f"<p>{linked_html(text)}</p>".replace("\n", "<br>")
    # Once more, as markdown can write any character, such as `&#769;`.
    html = strip_unsafe_characters(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})).strip()
    return bleach.clean(
        html, tags=TAGS, attributes=is_allowed_attribute, protocols=("http", "https"), strip=True
    )


def strip_unsafe_characters(text: str) -> str:
    """Remove control characters, lone surrogates and excess combining marks."""
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


def is_allowed_attribute(tag: str, name: str, value: str) -> bool:
    """The allow-list of attributes, for bleach."""
    if tag != "a":
        return False
    return is_web_address(value) if name == "href" else LINK_ATTRIBUTES.get(name) == value


def adapt_tokens(state: StateCore) -> None:
    """A rule for markdown-it: headings become strong paragraphs, and addresses in text are linked.

    A link whose text looks like another address gets its own address as text.
    """
    for token in state.tokens:
        token.children = (
            list(with_honest_texts(token.children)) if token.children else token.children
        )
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
                child.type, child.nesting = "text", 0  # `[]()` has no address


def with_honest_texts(children: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens, with a link's own address in place of a text that imitates another one."""
    within: list[Token] | None = None
    for child in children:
        if child.type == "link_open":
            within = [child]
            continue
        if within is None:
            yield child
            continue
        within.append(child)
        if child.type == "link_close":
            start, *inner, end = within
            address = str(start.attrGet("href") or "")
            if address and imitates_address("".join(one.content for one in inner), address):
                inner = [Token("text", "", 0, content=address, level=start.level + 1)]
            yield from (start, *inner, end)
            within = None


def imitates_address(text: str, address: str) -> bool:
    """True if the text looks like an address other than that one or its beginning."""
    seen = unicodedata.normalize("NFKC", "".join(filter(is_seen, text))).strip().lower()
    seen = seen.replace("\N{IDEOGRAPHIC FULL STOP}", ".")  # browsers read it as a dot
    if not LOOKS_LIKE_AN_ADDRESS.search(seen):
        return False
    shown, real = (without_scheme(one) for one in (seen, address.lower()))
    return not (real == shown or real.startswith((f"{shown}/", f"{shown}?", f"{shown}#")))


def is_seen(char: str) -> bool:
    return char.isspace() or is_visible(char)


def without_scheme(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


def open_link(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return opening_tag(str(tokens[at].attrGet("href") or ""))


def show_picture(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return escape(tokens[at].content)


def link_text(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return linked_html(tokens[at].content)


def make_markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.validateLink = is_web_address  # type: ignore[method-assign]
    markdown.core.ruler.push("adapt_tokens", adapt_tokens)
    rules = markdown.renderer.rules  # type: ignore[attr-defined]
    rules["link_open"] = open_link
    rules["image"] = show_picture
    rules["text_to_link"] = link_text
    rules["strong_heading_open"] = lambda *_: "<p><strong>"
    rules["strong_heading_close"] = lambda *_: "</strong></p>\n"
    return markdown


MARKDOWN = make_markdown()
