"""What a name looks like: names that can be mistaken for each other share a skeleton (UTS 39)."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from talktech.text.characters import IGNORABLE

TABLE = Path(__file__).with_name("confusables.txt")


@lru_cache(maxsize=10_000)
def skeletons_of(name: str) -> frozenset[str]:
    """The skeletons of a name as it is written and in small letters.

    Two names can be mistaken for each other if they share one: "Ian" can for "lan" and for "ian",
    though nobody takes those two for one another.
    """
    return frozenset((skeleton(name), skeleton(name.casefold())))


def skeleton(name: str) -> str:
    """The same for texts that look the same, whatever their case; spaces count as one."""
    text = unicodedata.normalize("NFKC", name)
    # The case is dropped between two rounds: a Cyrillic В looks like a B, but в does not, and the
    # prototype of m is rn, but that of M is M.
    return " ".join(prototype(prototype(text).casefold()).split())


def prototype(text: str) -> str:
    table = confusables()
    decomposed = unicodedata.normalize("NFD", text)
    mapped = "".join(table.get(char, char) for char in decomposed if char not in IGNORABLE)
    return unicodedata.normalize("NFD", mapped)


@cache
def confusables() -> dict[str, str]:
    """Unicode's table, read once: a character, and the characters that stand for its looks."""
    rows = (line.split(";") for line in TABLE.read_text().splitlines() if line[:1] != "#")
    return {
        chr(int(code, 16)): "".join(chr(int(one, 16)) for one in prototype.split())
        for code, prototype in rows
    }
