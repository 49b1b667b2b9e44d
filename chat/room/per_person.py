"""What a room says to each person alone: about themselves, and about their own in its posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chat.room.connection import Admission
from chat.room.post_frames import Shown
from chat.wire import protocol

if TYPE_CHECKING:
    from chat.room.connection import Connection
    from chat.room.room import Room


class PerPerson:
    def __init__(self, room: Room) -> None:
        self.room = room
        self.told_before: dict[int, dict[str, Any]] = {}

    def you(self, admission: Admission) -> dict[str, Any]:
        """What the room says to a person about themselves."""
        person = admission.person_id
        me = self.room.roster.here[person]
        fields = {
            "id": person,
            "name": admission.person["name"],
            "host": person in self.room.hosts,
            "mode": me.mode,
            "named": me.named,
            "may_host": person in self.room.hosting.crew,
            "silenced": person in self.room.hosting.silenced,
        }
        if fields["host"]:
            now = self.room.hub.clock.now()
            fields["hushed"] = sorted(self.room.hosting.silenced)
            fields["prompts"] = [protocol.prompt(fact, now) for fact in self.room.hosting.prompts]
        return fields

    def told(self, admission: Admission) -> None:
        """A welcome has just said it."""
        self.told_before.setdefault(admission.person_id, changeable(self.you(admission)))
        self.forget_nothing(admission.person_id)

    def tell_you(self) -> None:
        """To each person what the room says about themselves, where that changed."""
        room = self.room
        for person in {*room.hosting.crew, *room.hosting.silenced, *self.told_before}:
            tabs = room.audience.live_of(person)
            if not tabs:
                continue
            now = changeable(self.you(tabs[0].admission))
            if now != self.told_before.get(person, NOTHING):
                self.told_before[person] = now
                self.forget_nothing(person)
                for tab in tabs:
                    tab.put(protocol.encode("you", **self.you(tab.admission)))

    def forget_nothing(self, person: int) -> None:
        """To most people there is nothing to say, and of them nothing is kept."""
        if self.told_before[person] == NOTHING:
            del self.told_before[person]

    def tell_own(
        self, posts: Iterable[tuple[Shown, set[int]]], *, only: Connection | None = None
    ) -> None:
        """What is personal about posts, to all connections of those whom it concerns."""
        own: dict[int, list[dict[str, Any]]] = {}
        for post, people in posts:
            for person in people & self.room.roster.tabs.keys():
                fields = {"seq": post.seq, "rev": post.rev, "mine": [], **post.own(person)}
                own.setdefault(person, []).append(fields)
        for person, mine in own.items():
            tabs = self.room.audience.live_of(person)
            if only is not None:
                tabs = [only] if only.admission.person_id == person else []
            for tab in tabs:
                tab.put(protocol.encode("yours", posts=mine))


def changeable(you: dict[str, Any]) -> dict[str, Any]:
    """What a host did, or the clock, and not the person."""
    return {name: you.get(name) for name in ("host", "may_host", "silenced", "hushed", "prompts")}


NOTHING = changeable({"host": False, "may_host": False, "silenced": False})
