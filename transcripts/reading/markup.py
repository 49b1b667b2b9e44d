"""Stored HTML of a post: whether it would break the page, and its text as one line."""

import re
from html import unescape

TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
WITHOUT_END = {"br"}
# Tags between which text begins a new line.
BREAK = re.compile(r"</?(?:br|ul|ol|li|blockquote)>")
LONGEST_QUOTE = 120


def is_whole(html: str) -> bool:
    """Is it not empty, and is every tag that opens closed again, in the right order?

    Which tags are allowed was decided when the HTML was made. This only makes sure that it can't
    affect the HTML around it.
    """
    if "<" not in html and ">" not in html:
        return bool(html)
    open_tags: list[str] = []
    for closes, name, _ in TAG.findall(html):
        if closes:
            if not open_tags or open_tags.pop() != name:
                return False
        elif name not in WITHOUT_END:
            open_tags.append(name)
    return not open_tags and "<" not in TAG.sub("", html)


def quoted_line(html: str) -> str:
    """The text of a post as one line of at most 120 characters, for a reply that quotes it.

    The room's `static/js/state/text.js` does the same; tests/cases/quotes.json holds both to it.
    """
    text = unescape(TAG.sub("", BREAK.sub(" ", html)))
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1].rstrip() + "…"
