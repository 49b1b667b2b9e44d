"""Whom a text names: `@Dana Kowalski`, or `@Dana Kowalski (Multimedia)` where two share a name."""

import re
from collections.abc import Sequence

from django.db.models import Q
from django.db.models.functions import Lower

from chat.models import Attendance
from people.models import User

MOST_NAMES = 20
LONGEST_NAME = 40
MOST_WORDS = 6

SIGN = re.compile(r"(?<![\w@])@(?=\w)")
WORD_END = re.compile(r"(?<=\w)(?!\w)")
TEAM = re.compile(r" \(([^()\n]{1,80})\)")


def find(session_id: int, texts: Sequence[str]) -> list[list[int]]:
    """The people that each text names, each once, in order; at most `MOST_NAMES` a text.

    A name without a team that several share means those of them who were in this room, or all of
    them where none was.
    """
    candidates = [[possible_names(text, at) for at in signs(text)] for text in texts]
    asked = {name for text in candidates for place in text for name, _ in place}
    if not asked:
        return [[] for _ in texts]
    folded = {name.lower() for name in asked}
    known: dict[str, list[tuple[int, str | None]]] = {}
    people = User.objects.annotate(folded=Lower("name")).filter(
        Q(name__in=asked) | Q(folded__in=folded), is_active=True
    )
    for pk, name, team in people.values_list("pk", "name", "team__name"):
        known.setdefault(name.lower(), []).append((pk, team))
    here: set[int] = set()
    if any(len(sharing) > 1 for sharing in known.values()):
        here = set(Attendance.objects.filter(session=session_id).values_list("person", flat=True))
    return [
        list(dict.fromkeys(person for place in text for person in meant(place, known, here)))[
            :MOST_NAMES
        ]
        for text in candidates
    ]


def signs(text: str) -> list[int]:
    """Where a name may begin: behind an @ that does not stand in a word, such as an address."""
    return [match.end() for match in SIGN.finditer(text)][:MOST_NAMES]


def possible_names(text: str, at: int) -> list[tuple[str, str | None]]:
    """What could be a name from there on, the longest first, each with the team behind it."""
    line = text[at : at + LONGEST_NAME + 1].split("\n")[0]
    ends = [match.start() for match in WORD_END.finditer(line)]
    ends += [end + 1 for end in ends if line[end : end + 1] == "."]
    names = []
    for end in sorted(ends, reverse=True):
        name = line[:end]
        if len(name) <= LONGEST_NAME and name.count(" ") < MOST_WORDS:
            team = TEAM.match(text, at + end)
            names.append((name, team[1] if team else None))
    return names


def meant(
    place: Sequence[tuple[str, str | None]],
    known: dict[str, list[tuple[int, str | None]]],
    here: set[int],
) -> list[int]:
    for name, team in place:
        sharing = known.get(name.lower())
        if not sharing:
            continue
        of_team = [pk for pk, theirs in sharing if team is not None and theirs == team]
        if of_team or len(sharing) == 1:
            return of_team or [sharing[0][0]]
        return [pk for pk, _ in sharing if pk in here] or [pk for pk, _ in sharing]
    return []
