"""Corrects a transcript that lacks posts, visibly, and keeps the earlier record.

A clock that was ahead may have closed a session while posts still came. They were acknowledged, so
they belong in the record. Any other difference was not caused by the room and is not corrected.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from chat.models import Post, PostVersion
from curation.law import agenda
from curation.models import ChatSession
from people.models import AuditEntry
from transcripts import archive, record
from transcripts.models import Correction, Transcript
from transcripts.record import Content


class NotByTheRoom(Exception):
    """A difference that the room can't have caused. `args` are the `seq` of such posts.

    There are no `args` if the record itself was changed.
    """


def correct(session_id: int, reason: str, now: datetime) -> Correction | None:
    """Record the posts that the session took. None if the record has them already.

    Raises Transcript.DoesNotExist, NotByTheRoom.
    """
    with transaction.atomic():
        session = ChatSession.objects.select_for_update().get(pk=session_id)
        transcript = Transcript.objects.select_for_update().get(session=session)
        if archive.verify(transcript) is None:
            return None
        if record.digest(transcript.content) != transcript.sha256:
            raise NotByTheRoom
        if unexplained := list(not_by_the_room(transcript.content, session)):
            raise NotByTheRoom(*unexplained)
        correction = Correction.objects.create(
            transcript=transcript,
            at=now,
            reason=reason,
            content=transcript.content,
            sha256=transcript.sha256,
            written_at=transcript.written_at,
            post_count=transcript.post_count,
        )
        for field, value in archive.record_of(session).items():
            setattr(transcript, field, value)
        transcript.written_at = now
        transcript.save()
        if session.closed_at is None:
            ChatSession.objects.filter(pk=session_id).update(closed_at=now)
        AuditEntry.objects.create(
            at=now, action="corrected a transcript", subject=str(session)[:200], reason=reason
        )
    return correction


def not_by_the_room(recorded: Content, session: ChatSession) -> Iterator[int]:
    """The `seq` of each difference, except posts taken, edited or removed after the recording."""
    rows = {row[0]: row for row in recorded}
    posts = {post.seq: post for post in Post.objects.filter(session=session)}
    stored = {row[0]: row for row in record.content_of(archive.facts_of(session))}
    ends_at = session.starts_at + agenda.LENGTH
    for seq in record.differences(recorded, list(stored.values())):
        post, row = posts.get(seq), rows.get(seq)
        if post is None:
            yield seq
        elif row is None:
            if seq <= max(rows, default=0) or not session.starts_at <= post.at < ends_at:
                yield seq
        elif row[:-1] != stored[seq][:-1] or not was_changed_by_its_author(post, row[-1]):
            yield seq


def was_changed_by_its_author(post: Post, recorded_body: str) -> bool:
    """Has its author removed the post, or replaced the recorded text?"""
    if post.state == Post.State.REMOVED:
        return post.body == ""
    earlier = PostVersion.objects.filter(post=post).values_list("body", flat=True)
    return recorded_body in {record.sha256(body) for body in earlier}
