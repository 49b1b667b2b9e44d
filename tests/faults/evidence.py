"""What is known of a session after it was troubled: what each client saw, and what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Frame = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that happened to a client: it `sent` a frame, `heard` one, or was `closed`."""

    kind: str
    frame: Frame = field(default_factory=dict)


@dataclass
class Story:
    """What happened to one client, in order; nobody else posts as this person."""

    person: int
    events: list[Event] = field(default_factory=list)

    def sent(self, frame: Frame) -> None:
        self.events.append(Event("sent", frame))

    def heard(self, frame: Frame) -> None:
        self.events.append(Event("heard", frame))

    def closed(self, code: int | None) -> None:
        self.events.append(Event("closed", {"code": code}))


@dataclass(frozen=True)
class Record:
    """A post as it is stored in the end."""

    seq: int
    rev: int
    topic: int
    author: int
    client_id: str
    at: datetime
    body: str
    html: str
    state: str
    reactions: dict[str, int] = field(default_factory=dict)


@dataclass
class Evidence:
    starts_at: datetime
    revision: int
    records: Sequence[Record]
    stories: Sequence[Story]
    transcript: Sequence[tuple[int, int]] | None = None  # (seq, author), as the transcript has them

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=30)
