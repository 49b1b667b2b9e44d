"""Invisible characters, compared with Python's Unicode database."""

import sys
import unicodedata

from talktech.text.characters import IGNORABLE, has_something_visible, is_visible


def test_every_invisible_format_character_is_ignorable() -> None:
    """The two lists were made independently, so a mistake in ours shows here."""
    formats = {
        char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) == "Cf"
    }
    # These are visible: signs that enclose Arabic, Syriac and Kaithi numbers, annotations,
    # controls of Egyptian hieroglyphs.
    drawn = {
        *map(chr, range(0x0600, 0x0606)),
        *"\u06dd\u070f\u0890\u0891\u08e2\ufff9\ufffa\ufffb\U000110bd\U000110cd",
        *map(chr, range(0x13430, 0x13440)),
    }
    assert formats - IGNORABLE <= drawn
    assert not IGNORABLE & drawn


def test_fillers_and_selectors_are_invisible() -> None:
    assert not any(map(is_visible, "\u3164\u115f\u1160\uffa0\u034f\u17b4\ufe0f\u2800\U000e0100 \n"))
    assert not has_something_visible("\u3164 \u2800\ufe0f")
    assert has_something_visible("\u2764\ufe0f")
    assert has_something_visible("\u3164.")
