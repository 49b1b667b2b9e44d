"""The people in one room, through this process and through others, and those typing in it."""

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from chat.attendance import Here
from chat.room import presence
from chat.room.presence import Crowd, Person

TYPING_LASTS = 5.0  # seconds


class Roster:
    """The people in the room, and which of them were announced to everyone so far."""

    def __init__(self) -> None:
        self.tabs: Counter[int] = Counter()
        self.here: dict[int, Here] = {}
        self.elsewhere: list[Crowd] = []
        self.people: dict[int, Person] = {}
        self.hosts: frozenset[int] = frozenset()
        self.typing_until: dict[int, float] = {}
        self.is_lease_stale = True
        self.announced: dict[int, Here] = {}
        self.announced_typing: list[int] = []
        self.announced_hosts: frozenset[int] = frozenset()
        self.announced_whole: dict[str, Any] = {**presence.whole({}, {}), "typing": []}

    def enter(self, person_id: int, person: Person, here: Here) -> None:
        self.tabs[person_id] += 1
        self.people[person_id] = person
        already = self.here.get(person_id)
        if already is None or here.since > already.since:
            self.here[person_id] = here
            self.is_lease_stale = True

    def leave(self, person_id: int) -> None:
        self.tabs[person_id] -= 1
        if not self.tabs[person_id]:
            del self.tabs[person_id]
            del self.here[person_id]
            self.is_lease_stale = True

    def is_full(self, person_id: int, most: int) -> bool:
        """Is there no place for that person? Somebody who is in the room already needs none.

        A person in two processes counts twice: near the bound, an exact number is not needed.
        """
        count = len(self.here) + sum(len(crowd) for crowd in self.elsewhere)
        return count >= most and not any(person_id in one for one in (self.here, *self.elsewhere))

    def set_here(self, person_id: int, here: Here) -> None:
        """Replace how a person takes part; ignored for anyone not in the room."""
        if person_id in self.here:
            self.here[person_id] = here
            self.is_lease_stale = True

    def is_reading(self, person_id: int) -> bool:
        """False for anyone not in the room."""
        here = self.here.get(person_id)
        return here is not None and here.mode != "talking"

    @property
    def everyone(self) -> dict[int, Here]:
        """All whose names are known, in this process and in the others."""
        crowd = presence.merge([self.here, *self.elsewhere])
        return {
            person: self.as_seen(person, here)
            for person, here in crowd.items()
            if person in self.people
        }

    def as_seen(self, person_id: int, here: Here) -> Here:
        """Hosts are always named, so that everyone knows who hosts, even one who just reads."""
        return replace(here, named=True) if person_id in self.hosts else here

    def unknown_people(self) -> set[int]:
        """The people in other processes whose names were not read yet."""
        return {one for crowd in self.elsewhere for one in crowd if one not in self.people}

    def describe(self, person_id: int) -> Person:
        person = self.people[person_id]
        is_host = person_id in self.hosts
        return person if person["host"] == is_host else {**person, "host": is_host}

    # Typing

    def start_typing(self, person_id: int) -> None:
        self.typing_until[person_id] = time.monotonic() + TYPING_LASTS

    def end_typing(self, people: Collection[int]) -> None:
        for person in people:
            self.typing_until.pop(person, None)

    def visible_typists(self, crowd: Crowd) -> list[int]:
        """Only people who are visible anyway: typing must not reveal a silent reader."""
        now = time.monotonic()
        still = {one: until for one, until in self.typing_until.items() if until > now}
        self.typing_until = still
        return sorted(one for one in still if one in crowd and crowd[one].is_seen)

    # What clients are sent

    def announce_changes(self) -> dict[str, Any] | None:
        """The fields of the next `presence` frame; None where nothing has changed since the last.

        From then on these changes count as announced.
        """
        crowd = self.everyone
        typing = self.visible_typists(crowd)
        announced = self.announced, self.announced_typing, self.announced_hosts
        if (crowd, typing, self.hosts) == announced:
            return None
        people = {person: self.describe(person) for person in crowd}
        changes = presence.changes(self.announced, crowd, people)
        for person in sorted(self.hosts ^ self.announced_hosts):
            is_seen = person in crowd and crowd[person].is_seen
            if is_seen and not any(one["id"] == person for one in changes["joined"]):
                changes["changed"] = [one for one in changes["changed"] if one["id"] != person]
                changes["changed"].append(presence.describe(people[person], crowd[person]))
        self.announced, self.announced_typing, self.announced_hosts = crowd, typing, self.hosts
        self.announced_whole = {**presence.whole(crowd, people), "typing": typing}
        return {**changes, "typing": typing}

    def presence_for(self, person_id: int) -> dict[str, Any]:
        """The presence of that person's `welcome`: as announced so far, with them in it.

        The presence of all others is computed once a second and not once per newcomer, or a
        thousand who come together would cost a million steps.
        """
        own = self.as_seen(person_id, self.here[person_id])
        before = self.announced.get(person_id)
        if own == before:
            return self.announced_whole
        counts = presence.counts({person_id: own})
        if before is not None:
            counts = {name: n - presence.counts({0: before})[name] for name, n in counts.items()}
        joined = [one for one in self.announced_whole["joined"] if one["id"] != person_id]
        if own.is_seen:
            joined.append(presence.describe(self.describe(person_id), own))
        return {
            **self.announced_whole,
            "joined": joined,
            **{name: self.announced_whole[name] + n for name, n in counts.items()},
        }
