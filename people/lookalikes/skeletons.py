"""Skeletons of names: two names that can be mistaken for each other share one (UTS 39)."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from talktech.text.characters import IGNORABLE

TABLE = Path(__file__).with_name("confusables.txt")


@lru_cache(maxsize=10_000)
def skeletons_of(name: str) -> frozenset[str]:
    """Return the skeletons of a name as it is written and in small letters.

    Two names can be mistaken for each other if they share one: "Ian" for "lan", and "Ian" for
    "ian", though not "lan" for "ian".
    """
    return frozenset((skeleton(name), skeleton(name.casefold())))


def skeleton(name: str) -> str:
    """Return the same text for all that look the same, in any case and with any spaces."""
    text = unicodedata.normalize("NFKC", name)
    # Case is folded between two rounds: a Cyrillic В looks like a B, but в does not, and the
    # prototype of m is rn, but that of M is M.
    return " ".join(prototype(prototype(text).casefold()).split())


def prototype(text: str) -> str:
    table = confusables()
    decomposed = unicodedata.normalize("NFD", text)
    mapped = "".join(table.get(char, char) for char in decomposed if char not in IGNORABLE)
    return unicodedata.normalize("NFD", mapped)


@cache
def confusables() -> dict[str, str]:
    """Unicode's table, read once: for each character the ones that it looks like."""
    rows = (line.split(";") for line in TABLE.read_text().splitlines() if line[:1] != "#")
    return {
        chr(int(code, 16)): "".join(chr(int(one, 16)) for one in prototype.split())
        for code, prototype in rows
    }
