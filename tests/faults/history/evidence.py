"""What is known of a session after it was troubled: what each client saw, and what is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Frame = dict[str, Any]
# [seq, instant, topic, author, reply_to, SHA-256 of the body], as the transcript covers a post.
Row = Sequence[Any]


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

    def all_sent(self, *types: str) -> Iterator[Frame]:
        return self.frames("sent", types)

    def all_heard(self, *types: str) -> Iterator[Frame]:
        return self.frames("heard", types)

    def frames(self, kind: str, types: Sequence[str]) -> Iterator[Frame]:
        return (e.frame for e in self.events if e.kind == kind and e.frame["type"] in types)


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
    taken_rev: int
    reply_to: int | None = None
    pinned: bool = False
    reacted: Sequence[tuple[int, str]] = ()  # (person, emoji)


@dataclass
class Evidence:
    starts_at: datetime
    revision: int
    records: Sequence[Record]
    stories: Sequence[Story]
    transcript: Sequence[Row]
    page: Sequence[tuple[int, str]]  # (seq, HTML), as the transcript's page has them
