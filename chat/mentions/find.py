"""Finds the people a text names: `@Dana Kowalski`, or with the team where two share a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.functions import Lower

from chat.models import Attendance
from people.models import User

MOST_NAMES = 20
LONGEST_NAME = 40
MOST_WORDS = 6
# Each name is two parameters of a statement, and SQLite takes 32,766 by default.
NAMES_A_QUESTION = 5_000

SIGN = re.compile(r"(?<![\w@])@(?=\w)")
WORD_END = re.compile(r"(?<=\w)(?!\w)")
# A name and the team that follows it. By the name in lower case: people and their teams.
Name = tuple[str, str | None]
Known = dict[str, list[tuple[int, str | None]]]

TEAM = re.compile(r" \(([^()\n]{1,80})\)")


@dataclass(slots=True)
class Named:
    """The people a text names, each once, in order; and their names as typed."""

    people: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def find_mentions(session_id: int, texts: Sequence[str]) -> list[Named]:
    """The people each text names, at most `MOST_NAMES` a text.

    A shared name without a team means the people of that name who were in this room, or all of
    them if none was.
    """
    candidates = [[possible_names(text, at) for at in signs(text)] for text in texts]
    asked = {name for text in candidates for place in text for name, _ in place}
    if not asked:
        return [Named() for _ in texts]
    known: Known = {}
    for pk, (name, team) in people_called(sorted(asked)).items():
        known.setdefault(name.lower(), []).append((pk, team))
    here: set[int] = set()
    if any(len(sharing) > 1 for sharing in known.values()):
        here = set(Attendance.objects.filter(session=session_id).values_list("person", flat=True))
    return [named(text, known, here) for text in candidates]


def people_called(names: Sequence[str]) -> dict[int, Name]:
    """By id, the name and team of the people with these names, in any case."""
    found: dict[int, Name] = {}
    everyone = User.objects.people().annotate(folded=Lower("name"))
    for begin in range(0, len(names), NAMES_A_QUESTION):
        some = names[begin : begin + NAMES_A_QUESTION]
        folded = {name.lower() for name in some}
        people = everyone.filter(Q(name__in=some) | Q(folded__in=folded))
        for pk, name, team in people.values_list("pk", "name", "team__name"):
            found[pk] = name, team
    return found


def signs(text: str) -> list[int]:
    """Where names may begin: after each @ that is not inside a word, as in an email address."""
    return [match.end() for match in SIGN.finditer(text)][:MOST_NAMES]


def possible_names(text: str, at: int) -> list[Name]:
    """The possible names from there on, longest first, each with the team that follows it."""
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


def named(text: Sequence[Sequence[Name]], known: Known, here: set[int]) -> Named:
    found = Named()
    for place in text:
        people, name = meant(place, known, here)
        found.people += [pk for pk in people if pk not in found.people]
        if name:
            found.names.add(name)
    del found.people[MOST_NAMES:]
    return found


def meant(place: Sequence[Name], known: Known, here: set[int]) -> tuple[list[int], str]:
    """The people meant, and the name with its `@` as typed; [] and '' if there is none."""
    for name, team in place:
        sharing = known.get(name.lower())
        if not sharing:
            continue
        of_team = [pk for pk, theirs in sharing if team is not None and theirs == team]
        if of_team:
            return of_team, f"@{name} ({team})"
        people = [pk for pk, _ in sharing]
        return (people if len(people) == 1 else [pk for pk in people if pk in here] or people), (
            f"@{name}"
        )
    return [], ""
