"""Text to safe HTML: the only module that knows bleach. A leaf; every app may import it.

Posts are text with a few marks (`talktech.marks`), linked (`talktech.links`) and broken where the
writer broke them. Curators' introductions are markdown without HTML, and go through an allow-list.
Both take time in proportion to the text, whatever is in it, and give HTML that may be inserted as
it is.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import bleach
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from talktech.links import LINK_ATTRIBUTES, is_web_address, linked, opening_tag
from talktech.marks import marked

MOST_MARKS = 8
TAGS = ("p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre")


def post_html(
    body: str, mentions: Collection[str] = (), emoji: Mapping[str, str] | None = None
) -> str:
    """A post's text as HTML of `talktech.marks.ELEMENTS`; without marks it is text, links, `<br>`.

    `mentions` are the names in it that mean people, as they are typed, each with its `@`; `emoji`
    gives the emoji of a `:name:`. The text keeps its direction to itself only if the page isolates
    it, in `<bdi>` or `dir="auto"`.
    """
    return marked(tame(body), mentions, emoji)


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
