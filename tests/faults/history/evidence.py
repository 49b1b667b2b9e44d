"""What is known about a session at the end: what each client sent and received, what is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Frame = dict[str, Any]
# [seq, instant, topic, author, reply_to, SHA-256 of the body], as the transcript covers a post.
Row = Sequence[Any]


@dataclass(frozen=True)
class Event:
    """A frame that a client `sent` or `received`, or its connection being `closed`."""

    kind: str
    frame: Frame = field(default_factory=dict)


@dataclass
class ClientLog:
    """The events of one client, in order. No other client posts as the same person."""

    person: int
    events: list[Event] = field(default_factory=list)

    def record_sent(self, frame: Frame) -> None:
        self.events.append(Event("sent", frame))

    def record_received(self, frame: Frame) -> None:
        self.events.append(Event("received", frame))

    def record_close(self, code: int | None) -> None:
        self.events.append(Event("closed", {"code": code}))

    def sent(self, *types: str) -> Iterator[Frame]:
        return self.frames("sent", types)

    def received(self, *types: str) -> Iterator[Frame]:
        return self.frames("received", types)

    def frames(self, kind: str, types: Sequence[str]) -> Iterator[Frame]:
        return (e.frame for e in self.events if e.kind == kind and e.frame["type"] in types)


@dataclass(frozen=True)
class Record:
    """A post as it is stored at the end."""

    seq: int
    rev: int
    topic: int
    author: int
    client_id: str
    at: datetime
    body: str
    html: str
    state: str
    taken_rev: int
    reply_to: int | None = None
    pinned: bool = False
    reacted: Sequence[tuple[int, str]] = ()  # (person, emoji)


@dataclass
class Evidence:
    starts_at: datetime
    revision: int
    records: Sequence[Record]
    client_logs: Sequence[ClientLog]
    transcript: Sequence[Row]
    page: Sequence[tuple[int, str]]  # (seq, HTML), as the transcript's page has them
