"""The law of the room: which phase a session is in at an instant.

It knows neither Django nor sockets. `now` is always an argument; no timer decides anything.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from curation.law import agenda

Name = Literal["scheduled", "lobby", "topic", "closed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a session's time: [its start, ends_at). The last ones have no end."""

    name: Name
    topic: int | None
    ends_at: datetime | None


def phase_at(starts_at: datetime, now: datetime, *, cancelled: bool = False) -> Phase:
    """The phase at that instant: its first instant belongs to a phase, its last does not."""
    if cancelled:
        return Phase("cancelled", None, None)
    lobby = agenda.lobby_opens_at(starts_at)
    if now < lobby:
        return Phase("scheduled", None, lobby)
    if now < starts_at:
        return Phase("lobby", None, starts_at)
    for position in range(1, agenda.TOPICS + 1):
        end = agenda.topic_starts_at(starts_at, position + 1)
        if now < end:
            return Phase("topic", position, end)
    return Phase("closed", None, None)
