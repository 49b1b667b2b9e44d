"""Checks stored HTML, so that a single broken text can't break the page for every reader."""

import re

TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
WITHOUT_END = {"br"}


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
