"""The only code that writes posts: one batch, one transaction.

Order, instant, topic, once per client id and durability are decided here, under the lock of the
session's row, so that they never disagree over any number of server processes. How a batch is read,
decided and written is in `chat.ledger.batch`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from chat.law.commands import Submission
from chat.law.rules import Bounds
from chat.ledger.answers import Answer, Taken
from chat.ledger.batch import Batch
from chat.ledger.committed import Committed
from chat.ledger.locked_session import lock_session
from chat.ledger.rendering import render
from chat.models import Receipt, RecentChanges
from curation.clock import database_now

__all__ = ["Answer", "Taken", "bounds", "forget", "store", "take"]

# By then no copy of a change can still arrive, and nobody counts how fast changes came.
LONG_OVER = timedelta(days=1)


def bounds() -> Bounds:
    config = settings.CONFIG
    return Bounds(config.limit_posts, config.limit_session_posts, config.limit_changes)


def take(
    session_id: int,
    submissions: Sequence[Submission],
    limits: Bounds,
    clock: Callable[[], datetime] = database_now,
) -> list[Answer]:
    """As `store`; returns the answers alone."""
    return store(session_id, submissions, limits, clock)[0]


def store(
    session_id: int,
    submissions: Sequence[Submission],
    limits: Bounds,
    clock: Callable[[], datetime] = database_now,
) -> tuple[list[Answer], Committed | None]:
    """Store a batch in a session: returns an answer to each, in order, and what is new to show.

    `clock` is read once, after the session's row is locked: the instant of everything in it. It
    is never earlier than the last post, nor than the instant at which the session was closed.

    When this returns, what was accepted is on disk. A database fault is raised as it is; if it came
    while committing, nobody knows whether the batch is stored. Storing the same submissions again
    is always right: a known client id gets its first answer, and a change that is in effect already
    is acknowledged.
    """
    submissions = render(session_id, submissions)
    with transaction.atomic():
        session = lock_session(session_id)
        # After the lock, or a post could be given an instant before that of its predecessor.
        read = clock()
        now = session.no_earlier(read)
        if now > read:
            # The clock was ahead before. Until it gets there again no instant passes, and no window
            # would ever end; how many texts of one person a process takes is still bounded.
            limits = replace(limits, posts_per_window=0, changes_per_window=0)
        batch = Batch.read(session, now, limits, submissions)
        answers = batch.decide()
        batch.write()
    return answers, batch.committed


def forget(now: datetime) -> int:
    """Delete what only running sessions need, of sessions long over; returns how many rows."""
    count = 0
    for rows in (Receipt.objects, RecentChanges.objects):
        over = rows.filter(session__starts_at__lt=now - LONG_OVER)
        # Asked every second: deleting nothing would still lock SQLite's file against posts.
        if over.exists():
            count += over.delete()[0]
    return count
