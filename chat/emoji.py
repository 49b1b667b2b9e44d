"""Every emoji that may be a reaction: the list from which the browser's picker is drawn too."""

import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "static" / "vendor" / "emoji.json"


@cache
def known() -> frozenset[str]:
    groups = json.loads(DATA.read_text(encoding="utf-8"))
    return frozenset(char for group in groups for char, *_ in group["emoji"])
