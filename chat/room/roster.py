"""Who is in one room through this process, and who through others; who types just now."""

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from chat.attendance import Here
from chat.room import presence
from chat.room.presence import Person

TYPES_FOR = 5.0


class Roster:
    def __init__(self) -> None:
        self.tabs: Counter[int] = Counter()
        self.here: dict[int, Here] = {}
        self.elsewhere: list[presence.Crowd] = []
        self.who: dict[int, Person] = {}
        self.hosts: frozenset[int] = frozenset()
        self.told: dict[int, Here] = {}
        self.told_whole: dict[str, Any] = {**presence.whole({}, {}), "typing": []}
        self.told_typing: list[int] = []
        self.told_hosts: frozenset[int] = frozenset()
        self.typing: dict[int, float] = {}
        self.is_lease_stale = True

    def enter(self, person_id: int, person: Person, here: Here) -> None:
        self.tabs[person_id] += 1
        self.who[person_id] = person
        already = self.here.get(person_id)
        if already is None or here.since > already.since:
            self.here[person_id] = here
            self.is_lease_stale = True

    def is_full(self, person_id: int, most: int) -> bool:
        """Is there no place for that person? Who is here already takes up none.

        Somebody who is here by two processes counts twice: near the bound nobody needs to know
        it more exactly.
        """
        there = len(self.here) + sum(len(crowd) for crowd in self.elsewhere)
        return there >= most and not any(person_id in one for one in (self.here, *self.elsewhere))

    def leave(self, person_id: int) -> None:
        self.tabs[person_id] -= 1
        if not self.tabs[person_id]:
            del self.tabs[person_id]
            del self.here[person_id]
            self.is_lease_stale = True

    def choose(self, person_id: int, here: Here) -> None:
        if person_id in self.here:
            self.here[person_id] = here
            self.is_lease_stale = True

    def just_reads(self, person_id: int) -> bool:
        """Nobody does who is not here."""
        here = self.here.get(person_id)
        return here is not None and here.mode != "talking"

    @property
    def everyone(self) -> dict[int, Here]:
        """All whose names are known, in this process and in the others."""
        crowd = presence.merge([self.here, *self.elsewhere])
        return {
            person: self.as_seen(person, here)
            for person, here in crowd.items()
            if person in self.who
        }

    def as_seen(self, person_id: int, here: Here) -> Here:
        """A host is named, also one who just reads: everyone must know who hosts."""
        return replace(here, named=True) if person_id in self.hosts else here

    def strangers(self) -> set[int]:
        """Who is here and has no name yet."""
        return {one for crowd in self.elsewhere for one in crowd if one not in self.who}

    def described(self, person_id: int) -> Person:
        person = self.who[person_id]
        is_host = person_id in self.hosts
        return person if person["host"] == is_host else {**person, "host": is_host}

    def types(self, person_id: int) -> None:
        self.typing[person_id] = time.monotonic() + TYPES_FOR

    def typed(self, people: Collection[int]) -> None:
        """They posted, so they type no more."""
        for person in people:
            self.typing.pop(person, None)

    def who_types(self, crowd: presence.Crowd) -> list[int]:
        """Only those who are seen anyway: typing gives no silent reader away."""
        now = time.monotonic()
        self.typing = {one: until for one, until in self.typing.items() if until > now}
        return sorted(one for one in self.typing if one in crowd and crowd[one].is_seen)

    def news(self) -> dict[str, Any] | None:
        """What became different since the last news; None: nothing did."""
        crowd = self.everyone
        typing = self.who_types(crowd)
        if (crowd, typing, self.hosts) == (self.told, self.told_typing, self.told_hosts):
            return None
        who = {person: self.described(person) for person in crowd}
        change = presence.change(self.told, crowd, who)
        for person in sorted(self.hosts ^ self.told_hosts):
            is_seen = person in crowd and crowd[person].is_seen
            if is_seen and not any(one["id"] == person for one in change["joined"]):
                change["changed"] = [one for one in change["changed"] if one["id"] != person]
                change["changed"].append(presence.described(who[person], crowd[person]))
        self.told, self.told_typing, self.told_hosts = crowd, typing, self.hosts
        self.told_whole = {**presence.whole(crowd, who), "typing": typing}
        return {**change, "typing": typing}

    def whole(self, person_id: int) -> dict[str, Any]:
        """The presence of that person's `welcome`: as told so far, with them in it.

        What everyone else is told is made once a second and not once per newcomer, or a thousand
        who come together would cost a million.
        """
        me = self.as_seen(person_id, self.here[person_id])
        before = self.told.get(person_id)
        if me == before:
            return self.told_whole
        counts = presence.counts({person_id: me})
        if before is not None:
            counts = {name: n - presence.counts({0: before})[name] for name, n in counts.items()}
        joined = [one for one in self.told_whole["joined"] if one["id"] != person_id]
        if me.is_seen:
            joined.append(presence.described(self.described(person_id), me))
        return {
            **self.told_whole,
            "joined": joined,
            **{name: self.told_whole[name] + n for name, n in counts.items()},
        }
