"""Every emoji, with its names: the list from which the browser's picker is drawn too."""

import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "static" / "vendor" / "emoji.json"


@cache
def known() -> frozenset[str]:
    """Those that may be a reaction."""
    return frozenset(char for char, *_ in read())


@cache
def by_name() -> dict[str, str]:
    """The emoji of each name that is typed between colons, such as `thumbsup`."""
    return {name: char for char, _, _, names in read() for name in names.split()}


def read() -> list[list[str]]:
    groups = json.loads(DATA.read_text(encoding="utf-8"))
    return [one for group in groups for one in group["emoji"]]
