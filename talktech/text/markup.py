"""Renders the marks of a post: emphasis, code, lists, quotes, `:names:` of emoji, mentions.

A mark applies within its line. An incomplete mark stays as it was typed: `2*3*4`, `snake_case`, a
single asterisk. Each character is looked at a bounded number of times, and elements never nest
deeper than six.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from talktech.text.links import find_links, link_html, linked_html

# The elements that `markup_html` writes. Only links have attributes; `b` is a mention.
ELEMENTS = ("a", "b", "blockquote", "br", "code", "em", "li", "ol", "strong", "ul")

SPECIAL = re.compile(r"[*_`:@]")
CODE = re.compile(r"(?<!`)`(?!`)([^`]++)`(?!`)")
TOKEN = re.compile(
    r"(?P<emoji>(?<!\w):(?P<name>[a-z0-9_+-]{1,60}):(?!\w))"
    r"|(?P<mention>(?<![\w@])@(?=\w))"
    r"|(?P<run>[*_]+)"
)
RUN = re.compile(r"\*+|_+")
EMPHASIS = {"*": "em", "_": "em", "**": "strong"}
# Characters other than letters that may come before emphasis, begin it, end it and come after it.
BEFORE = frozenset("([{\"'“‘«„–—（「『")
FIRST = frozenset("\"'“‘«„([{@#`:¿¡+~–—（「『")
LAST = frozenset(".,;:!?)]}\"'”’»…%°`–—。、，！？）」』")
AFTER = frozenset(".,;:!?)]}\"'”’»…-–—。、，！？）」』")
LIKE_LETTERS = ("Mn", "Mc", "So", "Sc")

ITEM = re.compile(r"- (?=\S)")
NUMBERED = re.compile(r"(\d{1,3})\. (?=\S)")


def markup_html(
    text: str, names: Collection[str] = (), emoji: Mapping[str, str] | None = None
) -> str:
    """Return the escaped text with its marks and web addresses as HTML.

    `names` are the mentions in it as typed, each with its `@`; `emoji` maps names without colons to
    emoji.
    """
    longest_first = tuple(sorted(names, key=len, reverse=True))
    html: list[str] = []
    blocks = list(blocks_of(text.split("\n")))
    for index, (kind, lines) in enumerate(blocks):
        is_quote = kind == "blockquote"
        if is_quote or kind == "p":
            is_last = index == len(blocks) - 1
            lines = trimmed(lines, start=is_quote or index > 0, end=is_quote or not is_last)
        lines_html = [line_html(line, longest_first, emoji or {}) for line in lines]
        if kind in ("ul", "ol"):
            html += f"<{kind}>", *(f"<li>{item}</li>" for item in lines_html), f"</{kind}>"
        elif is_quote:
            html += "<blockquote>", "<br>".join(lines_html), "</blockquote>"
        else:
            html.append("<br>".join(lines_html))
    return "".join(html)


def blocks_of(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield blocks of lines without their marks, by kind: `p`, `ul`, `ol` or `blockquote`.

    A numbered list begins with 1 and counts up; any other number is text.
    """
    kind, block = "", list[str]()
    for line in lines:
        number = NUMBERED.match(line)
        if line[:2] == "> " and (kind == "blockquote" or line[2:].strip()):
            now, content = "blockquote", line[2:]
        elif line == ">" and kind == "blockquote":
            now, content = "blockquote", ""
        elif ITEM.match(line):
            now, content = "ul", line[2:]
        elif number and kind == "ol" and int(number[1]) == len(block) + 1:
            now, content = "ol", line[number.end() :]
        elif number and number[1] == "1":
            now, content = "ol", line[number.end() :]
            if kind == "ol":
                yield kind, block
                block = []
        else:
            now, content = "p", line
        if kind and now != kind:
            yield kind, block
            block = []
        kind = now
        block.append(content)
    yield kind, block


def trimmed(lines: list[str], *, start: bool, end: bool) -> list[str]:
    """Remove empty lines at start and end, as lists and quotes have margins of their own."""
    first, last = 0, len(lines)
    while start and first < last and not lines[first].strip():
        first += 1
    while end and last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]


def line_html(line: str, names: Sequence[str], emoji: Mapping[str, str]) -> str:
    """Return one escaped line with its inline marks as HTML."""
    if not SPECIAL.search(line):
        return linked_html(line)
    writer = LineRenderer(line, names, emoji)
    done = 0
    for start, end, html in literal_parts(line):
        writer.write(done, start)
        writer.parts.append(html)
        writer.whole.add(end)
        done = end
    writer.write(done, len(line))
    return "".join(writer.parts)


def literal_parts(line: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and HTML of code and web addresses, in which no marks are looked for."""
    done = 0
    for code in CODE.finditer(line):
        if code[1].strip():
            yield from links_within(line, done, code.start())
            yield code.start(), code.end(), f"<code>{escape(code[1].strip())}</code>"
            done = code.end()
    yield from links_within(line, done, len(line))


def links_within(line: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for begins, ends in find_links(line[start:end]):
        yield start + begins, start + ends, link_html(line[start + begins : start + ends])


@dataclass(slots=True)
class LineRenderer:
    """Renders a line; an opening mark becomes a tag when its closing mark is found."""

    line: str
    names: Sequence[str]
    emoji: Mapping[str, str]
    parts: list[str] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)
    """Ends of code and addresses: emphasis may close after them, whatever their last character."""
    open: dict[str, int] = field(default_factory=dict)
    """By mark, the index in `parts` of a mark that may open emphasis."""

    def write(self, start: int, end: int) -> None:
        while token := TOKEN.search(self.line, start, end):
            self.parts.append(escape(self.line[start : token.start()]))
            start = token.end()
            if token["run"]:
                self.emphasise(token["run"], token.start(), start)
            elif token["mention"]:
                start = self.mention(token.start())
            else:
                self.parts.append(self.emoji.get(token["name"], token[0]))
        self.parts.append(escape(self.line[start:end]))

    def mention(self, at: int) -> int:
        """Write the name at that index, or only the `@`; returns where it ends."""
        for name in self.names:
            end = at + len(name)
            if self.line.startswith(name, at) and not self.line[end : end + 1].isalnum():
                self.parts.append(f"<b>{escape(name)}</b>")
                return end
        self.parts.append("@")
        return at + 1

    def emphasise(self, run: str, start: int, end: int) -> None:
        marks = RUN.findall(run)
        opens, closes = self.may_open(start, end), self.may_close(start, end)
        if opens == closes or not all(mark in EMPHASIS for mark in marks):
            self.parts.append(run)
            return
        for mark in marks:
            if opens:
                self.open[mark] = len(self.parts)
                self.parts.append(mark)
            else:
                self.close(mark)

    def close(self, mark: str) -> None:
        """Close the emphasis that this mark opened last; marks opened within it become text."""
        began = self.open.pop(mark, None)
        if began is None:
            self.parts.append(mark)
            return
        self.parts[began] = f"<{EMPHASIS[mark]}>"
        self.parts.append(f"</{EMPHASIS[mark]}>")
        self.open = {other: at for other, at in self.open.items() if at < began}

    def may_open(self, start: int, end: int) -> bool:
        before, first = self.line[start - 1 : start], self.line[end : end + 1]
        return (not before or before.isspace() or before in BEFORE) and can_touch(first, FIRST)

    def may_close(self, start: int, end: int) -> bool:
        last, after = self.line[start - 1 : start], self.line[end : end + 1]
        return (not after or after.isspace() or after in AFTER) and (
            start in self.whole or can_touch(last, LAST)
        )


def can_touch(char: str, others: frozenset[str]) -> bool:
    """True for a letter, a digit, a symbol such as an emoji, and the `others`; False for ''."""
    if not char:
        return False
    return (
        char.isalnum() or char in others or unicodedata.category(char) in ("Mn", "Mc", "So", "Sc")
    )
