"""Writes each session's transcript once, complete, and the same from every process."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chat.law import clock
from chat.models import Post
from curation.clock_agreement import certain_now
from curation.law import agenda
from curation.models import ChatSession
from transcripts import record
from transcripts.models import Transcript
from transcripts.record import PostFact


class NotOver(Exception):
    """The session has not ended yet, so more posts may come."""


class NoTranscript(Exception):
    """The session did not take place: it was called off, or never published."""


def archive(session_id: int, now: Callable[[], datetime] = certain_now) -> Transcript:
    """Return the session's transcript, and write it first if it does not exist yet.

    Raises NotOver, NoTranscript.

    Like the ledger, this reads the clock after the session's row is locked. So the transcript has
    every post that got the lock earlier, and a post that waits for the lock meanwhile is refused.
    Every later post is refused too, whatever a clock says: the session is marked as closed under
    its lock.
    """
    with transaction.atomic():
        session = ChatSession.objects.select_for_update().get(pk=session_id)
        if not session.is_published:
            raise NoTranscript(session_id)
        at = now()
        if clock.phase_at(session.starts_at, at).name != "closed":
            raise NotOver(session_id)
        transcript = Transcript.objects.filter(session=session).first()
        if transcript is None:
            ChatSession.objects.filter(pk=session_id).update(closed_at=at)
            transcript = write(session, at)
        return transcript


def transcript_of(session: ChatSession, now: Callable[[], datetime]) -> Transcript:
    """The transcript for a reader; it is written now if that has not happened yet."""
    return Transcript.objects.filter(session=session).first() or archive(session.pk, now)


def due(now: datetime) -> list[int]:
    """The ids of the sessions, rehearsals too, that are over without a transcript; oldest first."""
    over = ChatSession.objects.filter(
        status=ChatSession.Status.PUBLISHED, starts_at__lte=now - agenda.LENGTH
    )
    return list(over.filter(transcript__isnull=True).values_list("pk", flat=True))


def write(session: ChatSession, at: datetime) -> Transcript:
    return Transcript.objects.create(session=session, written_at=at, **record_of(session))


def record_of(session: ChatSession) -> dict[str, Any]:
    """The fields of a transcript that follow from the session's posts."""
    facts = list(facts_of(session))
    content = record.content_of(facts)
    return {
        "content": content,
        "sha256": record.digest(content),
        "post_count": len(facts),
        "people_count": len({fact.author for fact in facts}),
        "minutes": record.minutes_of((fact.at for fact in facts), session.starts_at),
    }


def facts_of(session: ChatSession) -> Iterator[PostFact]:
    """The session's posts as the database has them now, in their order."""
    rows: QuerySet[Post, tuple[int, datetime, int, int, int | None, str]] = (
        Post.objects.filter(session=session)
        .order_by("seq")
        .values_list("seq", "at", "topic__position", "author_id", "reply_to__seq", "body")
    )
    return (PostFact(*row) for row in rows)


def verify(transcript: Transcript) -> list[int] | None:
    """None if the database still has what was recorded; else the `seq` of each post that differs.

    The list is empty if the posts are as recorded and only the record's own hash is not.
    """
    stored = record.content_of(facts_of(transcript.session))
    if record.digest(stored) == record.digest(transcript.content) == transcript.sha256:
        return None
    return record.differences(transcript.content, stored)
