"""What a transcript records, its hash, and how its posts are grouped. Plain Python.

To recompute a hash without this program: for each post of the session, in the order of `seq`, make
the JSON array

    [seq, instant, topic, author, reply_to, body]

- `seq`: 1, 2, 3, … in the order in which the server took the posts
- `instant`: when it took the post: UTC, ISO 8601 with milliseconds, like "2026-11-26T13:00:05.120Z"
- `topic`: 1, 2 or 3
- `author`: the person's number
- `reply_to`: the `seq` of the post that it replies to, or null
- `body`: the SHA-256 of the text as it was written (UTF-8), in lower-case hexadecimal

and of these one array. The hash is the SHA-256 of that array as JSON in UTF-8 without any spaces.
A session without posts has the hash of `[]`. Names, hiding by moderators, and how a text is shown
are not part of the hash, so changes of these do not make it invalid.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chat.wire import protocol
from curation.law import agenda

MINUTE = timedelta(minutes=1)
MINUTES = agenda.LENGTH // MINUTE

Content = list[list[Any]]
P = TypeVar("P")
H = TypeVar("H", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PostFact:
    """A post as it is recorded. `topic` is the position of the topic that took it."""

    seq: int
    at: datetime
    topic: int
    author: int
    reply_to: int | None
    body: str


def content_of(posts: Iterable[PostFact]) -> Content:
    """The rows that the hash covers, in the order of their `seq`."""
    return [
        [p.seq, protocol.instant(p.at), p.topic, p.author, p.reply_to, sha256(p.body)]
        for p in sorted(posts, key=lambda p: p.seq)
    ]


def digest(content: Content) -> str:
    """The hash of a content: 64 hexadecimal digits."""
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def differences(one: Content, other: Content) -> list[int]:
    """The `seq` of each post that is not the same in both, or is in only one of them."""
    rows = [{row[0]: row for row in content} for content in (one, other)]
    return sorted(
        seq for seq in rows[0].keys() | rows[1].keys() if rows[0].get(seq) != rows[1].get(seq)
    )


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def minutes_of(instants: Iterable[datetime], starts_at: datetime) -> list[int]:
    """How many of these instants are in each of the session's thirty minutes."""
    minutes = [0] * MINUTES
    for at in instants:
        minute = (at - starts_at) // MINUTE
        if 0 <= minute < MINUTES:
            minutes[minute] += 1
    return minutes


def by_topic(posts: Iterable[P], topic: Callable[[P], int]) -> dict[int, list[P]]:
    """The posts by the position of their topic, in their order; all of 1, 2 and 3 are keys."""
    groups: dict[int, list[P]] = {position: [] for position in range(1, agenda.TOPICS + 1)}
    for post in posts:
        groups[topic(post)].append(post)
    return groups


def in_order_of_appearance(values: Sequence[H]) -> dict[H, int]:
    """How often each value occurs, in the order of first occurrence."""
    counts: dict[H, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
