"""The only code that writes posts: one batch, one transaction.

Order, instant, topic, once per client id and durability are decided here, under the lock of the
session's row, so that they never disagree over any number of server processes. What a batch reads
and how it is written is in `chat.ledger.batch`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from chat.law import emoji, rules
from chat.law.commands import Attempt, Edit, Wish
from chat.law.rules import Bounds
from chat.ledger import statements
from chat.ledger.batch import Answer, Batch, Taken
from chat.ledger.committed import Committed
from chat.mentions import find
from chat.mentions.find import Named
from chat.models import Receipt, RecentChanges
from curation.clock import database_now
from talktech.text.html import post_html

__all__ = ["Answer", "Attempt", "Taken", "bounds", "forget", "store", "take"]

# No copy of a change is on its way any more, and nobody counts how fast it came.
LONG_OVER = timedelta(days=1)


def bounds() -> Bounds:
    config = settings.CONFIG
    return Bounds(config.limit_posts, config.limit_session_posts, config.limit_changes)


def take(
    session_id: int,
    wishes: Sequence[Wish],
    limits: Bounds,
    clock: Callable[[], datetime] = database_now,
) -> list[Answer]:
    """Take a batch into a session; an answer for each wish, in order. As `store`."""
    return store(session_id, wishes, limits, clock)[0]


def store(
    session_id: int,
    wishes: Sequence[Wish],
    limits: Bounds,
    clock: Callable[[], datetime] = database_now,
) -> tuple[list[Answer], Committed | None]:
    """Take a batch into a session: the answers, in order, and what is new to show.

    `clock` is read once, after the session's row is locked: the instant of everything in it. It
    is never earlier than the last post, nor than the instant at which the session was closed.

    When this returns, what it took is on disk. A database fault is raised as it is; if it came
    while committing, nobody knows whether the batch is stored. Taking the same wishes again is
    always right: a known client id gets its first answer, and a change that is in effect already
    is acknowledged.
    """
    render(session_id, wishes)
    with transaction.atomic():
        session = statements.hold(session_id)
        # After the lock, or a post could be given an instant before that of its predecessor.
        told = clock()
        now = session.no_earlier(told)
        if now > told:
            # The clock was ahead before. Until it gets there again no instant passes, and nobody's
            # pace would ever end; how many texts a process takes of one person is still bounded.
            limits = replace(limits, posts_per_window=0, changes_per_window=0)
        batch = Batch(session, now, limits, wishes)
        answers = [batch.answer(wish) for wish in wishes]
        batch.store()
    return answers, batch.news


def forget(now: datetime) -> int:
    """Delete what only a running session needs of those that are long over; how many rows."""
    count = 0
    for rows in (Receipt.objects, RecentChanges.objects):
        over = rows.filter(session__starts_at__lt=now - LONG_OVER)
        # Asked every second: deleting nothing would still lock SQLite's file against posts.
        if over.exists():
            count += over.delete()[0]
    return count


def render(session_id: int, wishes: Sequence[Wish]) -> None:
    """Find whom texts name and make their HTML: what needs no lock happens before it."""
    texts = [
        wish
        for wish in wishes
        if isinstance(wish, Attempt | Edit)
        and not wish.html
        and len(wish.body) <= rules.LONGEST_BODY
    ]
    naming = [text for text in texts if "@" in text.body]
    found = find.find(session_id, [text.body for text in naming]) if naming else []
    named = {id(text): one for text, one in zip(naming, found, strict=True)}
    for text in texts:
        mentioned = named.get(id(text), Named())
        text.mentions = mentioned.people
        text.html = post_html(text.body, mentioned.names, emoji.by_name())
