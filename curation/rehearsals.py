"""Creates rehearsals: complete, published sessions without a series, under the usual law."""

from datetime import datetime, timedelta

from django.db import transaction

from curation.law.permissions import FURTHEST, NotAllowed
from curation.models import ArticleDraft, ChatSession, create_session

EARLIEST = timedelta(minutes=35)  # so that any moment of a session, and its end, can be tried
DELAY = timedelta(seconds=30)  # between a script that subtracts 35 minutes and this check
QUESTIONS = (
    "What would you like to find out before the real session?",
    "What works for you in this room, and what is in the way?",
    "What should the curator change before the real session?",
)
ARTICLES = (
    ArticleDraft(
        "https://example.com/rehearsal/before", "Before a session", note="Where to start."
    ),
    ArticleDraft("https://example.com/rehearsal/during", "During a session", note="Things to try."),
    ArticleDraft(
        "https://example.com/rehearsal/after",
        "After a session",
        note="What you should see afterwards.",
    ),
)


def rehearse(now: datetime, starts_at: datetime, title: str = "") -> ChatSession:
    """Create a rehearsal that starts at most 35 minutes ago and at most a year ahead.

    Raises NotAllowed, or ValidationError for a title that is not allowed.
    """
    if starts_at.utcoffset() is None:
        raise NotAllowed(
            "naive", "Give the start with its offset from UTC, for example 2026-11-26T13:00:00Z."
        )
    if now - starts_at > EARLIEST + DELAY:
        raise NotAllowed("too_early", "A rehearsal may have started at most 35 minutes ago.")
    if starts_at - now > FURTHEST:
        raise NotAllowed("too_far", "Choose a time within the next year.")
    start = starts_at.replace(microsecond=starts_at.microsecond // 1000 * 1000)
    prepared_at = min(now, start - timedelta(days=1))
    with transaction.atomic():
        session = create_session(None, None, start)
        session.prepare(
            prepared_at,
            title=title or "Rehearsal",
            intro="A practice session.",
            questions=QUESTIONS,
            articles=[[article] for article in ARTICLES],
        )
        session.publish(prepared_at)
    return session
