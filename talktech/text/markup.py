"""The marks of a post as HTML: emphasis, code, lists, quotes, `:names:` of emoji, mentions. A leaf.

A mark holds within its line, and what is no complete mark stays as it was typed: `2*3*4`,
`snake_case`, a lone asterisk. Each character is looked at a bounded number of times, and no text
makes elements nest deeper than six.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from talktech.text.links import find_links, link_html, linked_html

# All that `markup_html` writes; links have attributes, nothing else does. `b` is a mention.
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
# What emphasis may stand behind, begin with, end with and stand before, besides letters.
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
    """The text, escaped, with its marks and web addresses as HTML.

    `names` are the mentions in it as they are typed, each with its `@`; `emoji` gives the emoji of
    a name without colons.
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
    """The lines of a text by what they are (`p`, `ul`, `ol`, `blockquote`), without their marks.

    A numbered list begins with 1 and counts on; any other number is what somebody wrote.
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
    """Without the empty lines next to a list or a quote, which have their own distance."""
    first, last = 0, len(lines)
    while start and first < last and not lines[first].strip():
        first += 1
    while end and last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]


def line_html(line: str, names: Sequence[str], emoji: Mapping[str, str]) -> str:
    """One line, escaped, with what is marked within it."""
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
    """Where code and web addresses are, in order, each with its HTML: nothing in them is a mark."""
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
    """Writes a line piece by piece, and turns what opened emphasis into a tag once it closes."""

    line: str
    names: Sequence[str]
    emoji: Mapping[str, str]
    parts: list[str] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)
    """Where code or an address ends: emphasis may close behind it, whatever its last character."""
    open: dict[str, int] = field(default_factory=dict)
    """The part that may turn out to open emphasis, by its mark."""

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
        """Write the name that stands there, or the `@` alone; where it ends."""
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
        """End the emphasis that this mark began last; what began within it began nothing."""
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
    """Is that a letter, a digit, an emoji or the like, or one of these? '' is not."""
    if not char:
        return False
    return (
        char.isalnum() or char in others or unicodedata.category(char) in ("Mn", "Mc", "So", "Sc")
    )
