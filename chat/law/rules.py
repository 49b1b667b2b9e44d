"""What the room accepts, and each reason for a refusal with its sentence.

Plain Python: the ledger gives the facts, read under the session's lock, and gets the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from chat.law import clock
from talktech.text.characters import has_something_visible

LONGEST_BODY = 2000
LONGEST_REASON = 200
PACE = timedelta(seconds=20)
PACE_OF_CHANGES = timedelta(seconds=10)
MOST_EMOJI = 20

SENTENCES = {
    "not_started": "The session hasn’t started yet. Your text will stay here until it does.",
    "closed": "The session is over, so you can’t post any more. Your text is still here.",
    "cancelled": "This session was called off.",
    "empty": "Write something first.",
    "too_long": (
        f"A post can have at most {LONGEST_BODY} characters. Shorten it or split it in two."
    ),
    "too_fast": "You’re posting fast. Wait a moment and try again.",
    "not_found": "That post doesn’t exist any more.",
    "not_yours": "Only the author can change a post.",
    "not_host": "Only the host of this session can do that.",
    "silenced": "The host has muted you for this session. You can still read along.",
    "unavailable": "It can’t be saved right now. It’s kept here and we’ll keep trying.",
    "full": "This session has reached its limit of posts.",
    "bad_request": "The room didn’t understand that.",
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
    """How much one person may post in `PACE` and change in `PACE_OF_CHANGES`; a session's posts."""

    posts_per_window: int
    session_posts: int
    changes_per_window: int = 20


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts of the room at the instant at which a post is considered."""

    starts_at: datetime
    cancelled: bool
    now: datetime
    posts: int
    lately: Sequence[datetime]
    answers_a_post: bool
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """The post that somebody wants to change, as it is: None where there is none."""

    author_id: int
    state: str
    emoji: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """The facts of the room at the instant at which a change is considered."""

    starts_at: datetime
    cancelled: bool
    now: datetime
    lately: Sequence[datetime]
    is_host: bool = False
    silenced: bool = False


def accept(body: str, situation: Situation, bounds: Bounds) -> int:
    """The topic (1 to 3) that takes this post.

    `situation.lately` are the instants of the same person's posts within `PACE` before now,
    oldest first. The law of the room comes before every other reason. Raises Refused.
    """
    topic = running(situation.starts_at, situation.now, cancelled=situation.cancelled)
    if situation.silenced:
        raise Refused("silenced")
    check_body(body)
    if situation.posts >= bounds.session_posts:
        raise Refused("full")
    check_pace(situation.lately, situation.now, PACE, bounds.posts_per_window)
    if not situation.answers_a_post:
        raise Refused("not_found", "The post you’re replying to doesn’t exist.")
    return topic


def running(starts_at: datetime, now: datetime, *, cancelled: bool) -> int:
    """The topic that runs: the law of the room. Raises Refused."""
    phase = clock.phase_at(starts_at, now, cancelled=cancelled)
    if phase.topic is None:
        raise Refused({"closed": "closed", "cancelled": "cancelled"}.get(phase.name, "not_started"))
    return phase.topic


def check_body(body: str) -> None:
    if not has_something_visible(body):
        raise Refused("empty")
    if len(body) > LONGEST_BODY:
        raise Refused("too_long")


def check_pace(lately: Sequence[datetime], now: datetime, pace: timedelta, most: int) -> None:
    """`lately` are the instants within `pace` before now, oldest first. 0 is no bound."""
    if 0 < most <= len(lately):
        wait = lately[-most] + pace - now
        raise Refused("too_fast", retry_after=max(1, ceil(wait.total_seconds())))


def accept_edit(body: str, person: int, post: Target | None, moment: Moment, most: int) -> None:
    """May that person give their post this text now? Raises Refused."""
    running(moment.starts_at, moment.now, cancelled=moment.cancelled)
    check_own(person, post)
    if moment.silenced:
        raise Refused("silenced")
    check_body(body)
    check_pace(moment.lately, moment.now, PACE_OF_CHANGES, most)


def accept_removal(person: int, post: Target | None, moment: Moment, most: int) -> None:
    """May that person take back their post now? Who was silenced may. Raises Refused."""
    running(moment.starts_at, moment.now, cancelled=moment.cancelled)
    check_own(person, post)
    check_pace(moment.lately, moment.now, PACE_OF_CHANGES, most)


def accept_reaction(post: Target | None, moment: Moment, most: int) -> None:
    """May somebody react to that post now, or take a reaction back? Raises Refused.

    `post.emoji` counts the different emoji on it that this one would be added to.
    """
    running(moment.starts_at, moment.now, cancelled=moment.cancelled)
    check_shown(post)
    if moment.silenced:
        raise Refused("silenced")
    check_pace(moment.lately, moment.now, PACE_OF_CHANGES, most)
    if post and post.emoji >= MOST_EMOJI:
        raise Refused(
            "full", f"A post can have {MOST_EMOJI} different emoji. Choose one it already has."
        )


def accept_mode(starts_at: datetime, now: datetime, *, cancelled: bool) -> None:
    """May anybody choose to talk or to just read now? It is kept for good. Raises Refused."""
    phase = clock.phase_at(starts_at, now, cancelled=cancelled)
    if phase.name == "scheduled":
        raise Refused("not_started", "The room isn’t open yet. Choose once it is.")
    if phase.name == "closed":
        raise Refused("closed", "The session is over, so this can’t be changed any more.")
    if phase.name == "cancelled":
        raise Refused("cancelled")


def accept_pin(post: Target | None, moment: Moment) -> None:
    """May the host pin or unpin that post now? Raises Refused."""
    running(moment.starts_at, moment.now, cancelled=moment.cancelled)
    if not moment.is_host:
        raise Refused("not_host")
    check_shown(post)


def accept_hiding(post: Target | None, moment: Moment) -> None:
    """May the host hide that post? After the end too: moderation does not end. Raises Refused."""
    if not moment.is_host:
        raise Refused("not_host")
    check_shown(post)


def check_own(person: int, post: Target | None) -> None:
    if post is not None and post.author_id != person:
        raise Refused("not_yours")
    check_shown(post)


def check_shown(post: Target | None) -> None:
    if post is None or post.state != "shown":
        raise Refused("not_found")
