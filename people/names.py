"""The rules for names of people and teams, and initials and hues for people's faces."""

import unicodedata

from django.core.exceptions import ValidationError

from talktech.text.characters import IGNORABLE

LONGEST = 40
LONGEST_OF_TEAM = 60
MOST_MARKS = 4
REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}


def tidy(name: str) -> str:
    """Return the name in NFC with single spaces, as it is stored."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def check(name: str) -> None:
    """Raise ValidationError for a name that could be invisible, break a line or imitate another.

    1 to 40 characters, at least one letter, nothing invisible (no control, format, line or
    paragraph separators), no pile of combining marks.
    """
    check_visible(tidy(name), LONGEST)


def check_team(name: str) -> None:
    """Check a team's name by the same rules; it may be longer."""
    check_visible(tidy(name), LONGEST_OF_TEAM)


def check_visible(name: str, longest: int) -> None:
    if not 1 <= len(name) <= longest:
        raise ValidationError(f"Use 1 to {longest} characters.", code="length")
    if not any(unicodedata.category(char).startswith("L") for char in name):
        raise ValidationError("Use at least one letter.", code="no_letter")
    if any(char in IGNORABLE or unicodedata.category(char) in REFUSED_CATEGORIES for char in name):
        raise ValidationError("Use visible characters only.", code="invisible")
    run = 0
    for char in unicodedata.normalize("NFD", name):
        is_mark = unicodedata.combining(char) or unicodedata.category(char) == "Me"
        run = run + 1 if is_mark else 0
        if run > MOST_MARKS:
            raise ValidationError("Use no more than four accents on a letter.", code="marks")


def initials(name: str) -> str:
    """One or two letters for the face next to a name: PR for "Priya Raman"."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(person_id: int) -> int:
    """The number of a hue for a face, 1 to 12, always the same for a person."""
    return person_id * 7 % 12 + 1
