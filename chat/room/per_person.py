"""What a room sends to each person alone: their own standing, and what only they see of posts."""

from collections.abc import Iterable
from typing import Any

from chat.room.connection import Admission, Connection
from chat.room.post_frames import Shown
from chat.room.state import RoomState
from chat.wire import protocol


class PerPerson:
    def __init__(self, state: RoomState) -> None:
        self.state = state
        self.last_sent: dict[int, dict[str, Any]] = {}

    def you(self, admission: Admission) -> dict[str, Any]:
        """The fields of a `you` frame: what the room knows about that person."""
        person, state = admission.person_id, self.state
        here = state.roster.here[person]
        fields = {
            "id": person,
            "name": admission.person["name"],
            "host": person in state.hosts,
            "mode": here.mode,
            "named": here.named,
            "may_host": person in state.hosting.crew,
            "silenced": person in state.hosting.silenced,
        }
        if fields["host"]:
            now = state.clock.now()
            fields["hushed"] = sorted(state.hosting.silenced)
            fields["prompts"] = [protocol.prompt(fact, now) for fact in state.hosting.prompts]
        return fields

    def note_welcome(self, admission: Admission) -> None:
        """A `welcome` has just sent these fields."""
        self.last_sent.setdefault(admission.person_id, changeable(self.you(admission)))
        self.drop_plain(admission.person_id)

    def send_changed_you(self) -> None:
        """Send `you` to each person for whom the clock or a host has changed a field of it."""
        state = self.state
        for person in {*state.hosting.crew, *state.hosting.silenced, *self.last_sent}:
            tabs = state.audience.live_tabs_of(person)
            if not tabs:
                continue
            now = changeable(self.you(tabs[0].admission))
            if now != self.last_sent.get(person, PLAIN):
                self.last_sent[person] = now
                self.drop_plain(person)
                for tab in tabs:
                    tab.send_text(protocol.encode("you", **self.you(tab.admission)))

    def drop_plain(self, person: int) -> None:
        """Most people are neither hosts nor silenced, and of them nothing is kept."""
        if self.last_sent[person] == PLAIN:
            del self.last_sent[person]

    def send_yours(
        self, posts: Iterable[tuple[Shown, set[int]]], *, only: Connection | None = None
    ) -> None:
        """Send what is personal about posts to all tabs, or to `only`, of those it concerns.

        Each post comes with the ids of these people.
        """
        by_person: dict[int, list[dict[str, Any]]] = {}
        for post, people in posts:
            for person in people & self.state.roster.tabs.keys():
                fields = {"seq": post.seq, "rev": post.rev, "mine": [], **post.own(person)}
                by_person.setdefault(person, []).append(fields)
        for person, own in by_person.items():
            tabs = self.state.audience.live_tabs_of(person)
            if only is not None:
                tabs = [only] if only.admission.person_id == person else []
            for tab in tabs:
                tab.send_text(protocol.encode("yours", posts=own))


def changeable(you: dict[str, Any]) -> dict[str, Any]:
    """The fields that a host or the clock changes, and not the person."""
    return {name: you.get(name) for name in ("host", "may_host", "silenced", "hushed", "prompts")}


PLAIN = changeable({"host": False, "may_host": False, "silenced": False})
