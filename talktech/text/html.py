"""Text to safe HTML: the only module that knows bleach. A leaf; every app may import it.

Posts are text with a few marks (`talktech.text.markup`), linked (`talktech.text.links`) and broken
where the writer broke them. Curators' introductions are markdown without HTML, and go through an
allow-list. Both take time in proportion to the text, whatever is in it, and give HTML that may be
inserted as it is.
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
# What one introduction may have: lines, signs that markdown looks at, parts that it makes of them.
MOST_LINES = 400
MOST_SIGNS = 1_500
MOST_PARTS = 1_500
SIGN = re.compile(r"[][!*_`<>&\\]")
# Also without a scheme, `bank.example`, where it is all there is.
LOOKS_LIKE_AN_ADDRESS = re.compile(r"//|www\.|\A[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[:/?#].*)?\Z")
TAGS = ("p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre")


def post_html(
    body: str, mentions: Collection[str] = (), emoji: Mapping[str, str] | None = None
) -> str:
    """A post's text as HTML of `talktech.text.markup.ELEMENTS`; without marks it is text, links,
    `<br>`.

    `mentions` are the names in it that mean people, as they are typed, each with its `@`; `emoji`
    gives the emoji of a `:name:`. The text keeps its direction to itself only if the page isolates
    it, in `<bdi>` or `dir="auto"`.
    """
    return markup_html(strip_unsafe_characters(body), mentions, emoji)


def markdown_html(text: str) -> str:
    """Markdown as HTML of the tags in `TAGS`; '' for a text of nothing but spaces.

    A text with more formatting than any introduction has is shown as it was typed: it would take
    ten times as long as prose.

    Headings become strong paragraphs, as the page around it has its own; pictures become their
    description; a bare address is a link as it is in a post.
    """
    text = strip_unsafe_characters(text)
    is_plain = text.count("\n") >= MOST_LINES or len(SIGN.findall(text)) > MOST_SIGNS
    tokens = [] if is_plain else MARKDOWN.parse(text)
    if is_plain or sum(1 + len(token.children or ()) for token in tokens) > MOST_PARTS:
        return f"<p>{linked_html(text)}</p>".replace("\n", "<br>")
    # Tamed twice: markdown has its own way to write a character, `&#769;`.
    html = strip_unsafe_characters(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})).strip()
    return bleach.clean(
        html, tags=TAGS, attributes=is_allowed_attribute, protocols=("http", "https"), strip=True
    )


def strip_unsafe_characters(text: str) -> str:
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


def is_allowed_attribute(tag: str, name: str, value: str) -> bool:
    """The allow-list of attributes, for bleach."""
    if tag != "a":
        return False
    return is_web_address(value) if name == "href" else LINK_ATTRIBUTES.get(name) == value


def adapt_tokens(state: StateCore) -> None:
    """Headings as strong paragraphs; text outside links as a kind of its own, to be linked.

    A link that is called by an address leads to that very address.
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
                child.type, child.nesting = "text", 0  # `[]()` leads nowhere


def with_honest_texts(children: Sequence[Token]) -> Iterator[Token]:
    """With a link's own address instead of a text that looks like another one."""
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
    """Does this look like an address, and not the beginning of that one?"""
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
