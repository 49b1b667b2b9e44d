"""What the room accepts, and each reason for a refusal with its sentence.

Plain Python: the ledger gives the facts, read under the session's lock, and gets the answer.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from chat import clock

LONGEST_BODY = 2000
PACE = timedelta(seconds=20)

SENTENCES = {
    "not_started": "The session has not started yet. Your text stays here until it does.",
    "closed": "The session is over, so nothing can be posted any more. Your text stays here.",
    "cancelled": "This session was called off.",
    "empty": "There is nothing in it yet. Write something first.",
    "too_long": f"A post has at most {LONGEST_BODY} characters. Shorten it or split it in two.",
    "too_fast": "That is a lot at once. Wait a moment and post it again.",
    "not_found": "The post that this answers does not exist.",
    "unavailable": "It can't be stored just now. It stays here and is tried again.",
    "full": "This session has as many posts as it can hold.",
    "bad_request": "The room did not understand that.",
}


class Refused(Exception):
    """Not accepted, and why: a code of the protocol, a sentence, seconds where waiting helps."""

    def __init__(
        self, code: str, reason: str = "", *, retry_after: int | None = None, ref: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason or SENTENCES[code]
        self.retry_after = retry_after
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one person may post in `PACE`, and how many posts a session holds."""

    posts_per_pace: int
    session_posts: int


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts of the room at the instant at which a post is considered."""

    starts_at: datetime
    cancelled: bool
    now: datetime
    posts: int
    lately: Sequence[datetime]
    answers_a_post: bool


def accept(body: str, situation: Situation, bounds: Bounds) -> int:
    """The topic (1 to 3) that takes this post.

    `situation.lately` are the instants of the same person's posts within `PACE` before now,
    oldest first. The law of the room comes before every other reason. Raises Refused.
    """
    phase = clock.phase_at(situation.starts_at, situation.now, cancelled=situation.cancelled)
    if phase.topic is None:
        raise Refused({"closed": "closed", "cancelled": "cancelled"}.get(phase.name, "not_started"))
    if not has_something_visible(body):
        raise Refused("empty")
    if len(body) > LONGEST_BODY:
        raise Refused("too_long")
    if situation.posts >= bounds.session_posts:
        raise Refused("full")
    if len(situation.lately) >= bounds.posts_per_pace:
        oldest = situation.lately[-bounds.posts_per_pace]
        wait = oldest + PACE - situation.now
        raise Refused("too_fast", retry_after=max(1, ceil(wait.total_seconds())))
    if not situation.answers_a_post:
        raise Refused("not_found")
    return phase.topic


def has_something_visible(body: str) -> bool:
    """False for nothing but spaces, joiners and other invisible characters."""
    return any(unicodedata.category(char)[0] not in "ZC" for char in body)
