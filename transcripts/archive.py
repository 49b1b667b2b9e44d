"""That a session's transcript is written once, is whole, and is the same whoever writes it."""

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
    """The session has not ended yet; until then nobody knows its last post."""


class NoTranscript(Exception):
    """The session did not take place: it was called off, or never published."""


def archive(session_id: int, now: Callable[[], datetime] = certain_now) -> Transcript:
    """The session's transcript, written if nobody has written it yet. Raises NotOver, NoTranscript.

    The clock is read after the session's row is locked, as the ledger does it: who waits for the
    lock behind the last post sees that post, and a post that waits behind this is refused. So is
    every later one, whatever a clock says then: the session is marked as closed under its lock.
    """
    with transaction.atomic():
        session = ChatSession.objects.select_for_update().get(pk=session_id)
        if not session.is_published:
            raise NoTranscript(session_id)
        at = now()
        if clock.phase_at(session.starts_at, at).name != "closed":
            raise NotOver(session_id)
        written = Transcript.objects.filter(session=session).first()
        if written is None:
            ChatSession.objects.filter(pk=session_id).update(closed_at=at)
            written = write(session, at)
        return written


def of(session: ChatSession, now: Callable[[], datetime]) -> Transcript:
    """The transcript for a reader, who is the first one if nobody else has written it."""
    return Transcript.objects.filter(session=session).first() or archive(session.pk, now)


def due(now: datetime) -> list[int]:
    """The sessions that are over and have no transcript yet, oldest first; rehearsals too."""
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
    """What the database says about the session's posts, in their order."""
    rows: QuerySet[Post, tuple[int, datetime, int, int, int | None, str]] = (
        Post.objects.filter(session=session)
        .order_by("seq")
        .values_list("seq", "at", "topic__position", "author_id", "reply_to__seq", "body")
    )
    return (PostFact(*row) for row in rows)


def verify(transcript: Transcript) -> list[int] | None:
    """None if the database still holds what was written; else the posts (`seq`) that differ.

    The list is empty where the posts are as recorded and the record's own hash is not.
    """
    held = record.content_of(facts_of(transcript.session))
    if record.digest(held) == record.digest(transcript.content) == transcript.sha256:
        return None
    return record.differences(transcript.content, held)
