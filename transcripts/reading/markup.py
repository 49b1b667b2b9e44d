"""A guard: one stored text that is broken must not break the page for every reader."""

import re

TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
WITHOUT_END = {"br"}


def is_whole(html: str) -> bool:
    """Is there something in it, and does every tag that opens close, in order?

    What may be in it is decided where it was made; this asks only whether it stays in its place.
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
