"""Characters that are invisible or imitate others. Plain Python, for every app."""

import unicodedata

# Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which is not in
# Python's unicodedata. Most are of category Cf; the others (fillers, joiners of marks, variation
# selectors) are letters, marks or unassigned, so no category identifies them.
DEFAULT_IGNORABLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors and vowel separator
    (0x200B, 0x200F),  # zero-width space, joiners, directional marks
    (0x202A, 0x202E),  # directional embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # zero-width no-break space
    (0xFFA0, 0xFFA0),  # half-width Hangul filler
    (0xFFF0, 0xFFF8),  # unassigned specials
    (0x1BCA0, 0x1BCA3),  # shorthand format controls
    (0x1D173, 0x1D17A),  # musical format controls
    (0xE0000, 0xE0FFF),  # tags and more variation selectors
)
BLANK_BRAILLE = 0x2800  # a symbol without dots, which looks like a space
IGNORABLE = frozenset(
    chr(code) for first, last in DEFAULT_IGNORABLE for code in range(first, last + 1)
) | {chr(BLANK_BRAILLE)}


def is_visible(char: str) -> bool:
    """False for spaces, controls and other characters that show nothing.

    A character that this Python does not know is visible: emoji are newer than our tables.
    """
    category = unicodedata.category(char)
    if char in IGNORABLE or category[0] == "Z":
        return False
    return category[0] != "C" or (category == "Cn" and not is_noncharacter(char))


def is_noncharacter(char: str) -> bool:
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def has_something_visible(text: str) -> bool:
    """False if the text has only spaces, joiners, fillers and other invisible characters."""
    return any(map(is_visible, text))


# Scripts that may occur together in one word.
TOGETHER = (
    frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "LATIN")),
    frozenset(("CJK", "BOPOMOFO", "LATIN")),
    frozenset(("CJK", "HANGUL", "LATIN")),
)


def is_unambiguous_label(label: str) -> bool:
    """True if this label of a host name can't be mistaken for another one.

    False for full-width and other variant letters, and for scripts that never occur in one word.
    """
    if label.isascii():
        return True
    if unicodedata.normalize("NFKC", label) != unicodedata.normalize("NFC", label):
        return False
    letters = (char for char in label if unicodedata.category(char)[0] == "L")
    scripts = {unicodedata.name(char, "?").split()[0] for char in letters}
    return len(scripts) < 2 or any(scripts <= together for together in TOGETHER)
