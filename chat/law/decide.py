"""Decides what becomes of a command: every rule of posts and of their changes.

The ledger gathers the facts under the session's lock and carries out the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from chat.law.clock import Phase, phase_at
from chat.law.commands import Change, Command, Edit, Hide, NewPost, Pin, React, Remove
from chat.law.rules import (
    CHANGE_WINDOW,
    MOST_EMOJI,
    POST_WINDOW,
    Bounds,
    Refused,
    body_refusal,
)
from curation.law import agenda


@dataclass(frozen=True, slots=True)
class PostFacts:
    """The post that a change is about, as it is before the change."""

    author_id: int
    state: str
    body: str
    pinned: bool
    emoji: frozenset[str] = frozenset()  # everybody's; read for reactions only
    own_emoji: frozenset[str] = frozenset()  # those of the person who gives the command


class Facts(NamedTuple):
    """What the decision depends on, at the instant `now`.

    `recent` are the instants at which this person posted (for a new post) or changed posts (for a
    change), oldest first, at least those within the window. `session_posts` counts all posts of the
    session. `reply_exists` says whether the post that a new post replies to exists. A tuple, as it
    is made for each post, and a frozen dataclass takes three times as long to make.
    """

    starts_at: datetime
    cancelled: bool
    now: datetime
    bounds: Bounds
    person_id: int
    recent: Sequence[datetime] = ()
    is_host: bool = False
    is_silenced: bool = False
    session_posts: int = 0
    reply_exists: bool = True
    post: PostFacts | None = None


class Accepted(NamedTuple):
    """To be carried out. `topic` (1 to 3) is the one that runs; it takes a new post.

    `counts`: it fills the window of the person's posts or changes.
    """

    topic: int | None
    counts: bool


@dataclass(frozen=True, slots=True)
class AlreadyInEffect:
    """Acknowledged, whatever the rules say, as a retry would be.

    `leaves_receipt`: a late copy of it must change nothing either, so its id is stored. That counts
    as a change: receipts are bounded as changes are, and none is needed after the end.
    """

    leaves_receipt: bool


Decision = Accepted | AlreadyInEffect | Refused


def decide(command: Command, facts: Facts) -> Decision:
    """The decision on a command that was not carried out under its id before."""
    if not isinstance(command, NewPost) and is_in_effect(command, facts):
        has_ended = facts.now >= facts.starts_at + agenda.LENGTH
        return AlreadyInEffect(leaves_receipt=not has_ended and not changes_too_fast(facts))
    phase = phase_at(facts.starts_at, facts.now, cancelled=facts.cancelled)
    refusal = first_refusal(command, facts, phase)
    return refusal or Accepted(phase.topic, counts=not isinstance(command, Hide | Pin))


def is_in_effect(change: Change, facts: Facts) -> bool:
    post = facts.post
    if post is None:
        return False
    is_shown = post.state == "shown"
    is_own = post.author_id == facts.person_id
    match change:
        case Edit():
            return is_own and is_shown and post.body == change.body
        case Remove():
            return is_own and post.state == "removed"
        case React():
            return is_shown and (change.emoji in post.own_emoji) == change.on
        case Hide():
            return post.state == "hidden"
        case Pin():
            return is_shown and post.pinned == change.on


def first_refusal(command: Command, facts: Facts, phase: Phase) -> Refused | None:
    """The rules for each command, in the order in which they are named to people.

    Someone who is silenced may still remove their posts. Hiding has no end: moderation goes on
    after the session.
    """
    match command:
        case NewPost():
            return (
                not_running(phase)
                or silenced(facts)
                or body_refusal(command.body)
                or session_full(facts)
                or too_fast(facts, POST_WINDOW, facts.bounds.posts_per_window)
                or reply_to_nothing(facts)
                or topic_over(command, phase)
            )
        case Edit():
            return (
                not_running(phase)
                or not_own(facts)
                or silenced(facts)
                or body_refusal(command.body)
                or changes_too_fast(facts)
            )
        case Remove():
            return not_running(phase) or not_own(facts) or changes_too_fast(facts)
        case React():
            return (
                not_running(phase)
                or not_shown(facts)
                or silenced(facts)
                or changes_too_fast(facts)
                or too_many_emoji(command, facts)
            )
        case Hide():
            return not_host(facts) or not_shown(facts)
        case Pin():
            return not_running(phase) or not_host(facts) or not_shown(facts)


# Each of these returns a refusal, or None where its rule is kept.


def not_running(phase: Phase) -> Refused | None:
    if phase.topic is not None:
        return None
    return Refused({"closed": "closed", "cancelled": "cancelled"}.get(phase.name, "not_started"))


def silenced(facts: Facts) -> Refused | None:
    return Refused("silenced") if facts.is_silenced else None


def session_full(facts: Facts) -> Refused | None:
    return Refused("full") if facts.session_posts >= facts.bounds.session_posts else None


def changes_too_fast(facts: Facts) -> Refused | None:
    return too_fast(facts, CHANGE_WINDOW, facts.bounds.changes_per_window)


def too_fast(facts: Facts, window: timedelta, most: int) -> Refused | None:
    """`most` in a window; 0 is no bound."""
    if not 0 < most <= len(facts.recent):
        return None
    within = [at for at in facts.recent if at > facts.now - window]
    if len(within) < most:
        return None
    wait = within[-most] + window - facts.now
    return Refused("too_fast", retry_after=max(1, ceil(wait.total_seconds())))


def reply_to_nothing(facts: Facts) -> Refused | None:
    if facts.reply_exists:
        return None
    return Refused("not_found", "The post you’re replying to doesn’t exist.")


def topic_over(command: NewPost, phase: Phase) -> Refused | None:
    return None if command.only_topic in (None, phase.topic) else Refused("closed")


def not_own(facts: Facts) -> Refused | None:
    if facts.post is not None and facts.post.author_id != facts.person_id:
        return Refused("not_yours")
    return not_shown(facts)


def not_shown(facts: Facts) -> Refused | None:
    if facts.post is None or facts.post.state != "shown":
        return Refused("not_found")
    return None


def not_host(facts: Facts) -> Refused | None:
    return None if facts.is_host else Refused("not_host")


def too_many_emoji(command: React, facts: Facts) -> Refused | None:
    post = facts.post
    if post is None or not command.on or len(post.emoji - {command.emoji}) < MOST_EMOJI:
        return None
    return Refused(
        "full", f"A post can have {MOST_EMOJI} different emoji. Choose one it already has."
    )
