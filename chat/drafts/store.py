"""Drafts: private answers that people write before a session and are offered in its room.

Only their author ever sees them. They appear in no admin page, no log and no other person's page.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from chat.law.rules import Refused, check_body
from chat.models import Draft, Post
from chat.wire import fields
from curation.models import ChatSession, Topic
from people.models import User
from talktech.text.characters import has_something_visible

AFTER = "The session is over, so there’s nothing left to prepare. Your text is still here."


def read_drafts(session: ChatSession, person: User) -> dict[int, Draft]:
    """That person's own drafts, by the topic's position."""
    drafts = Draft.objects.filter(session=session, person=person).select_related("topic")
    return {draft.topic.position: draft for draft in drafts}


def save_draft(session: ChatSession, person: User, position: int, text: str, now: datetime) -> None:
    """Store a person's draft for a topic, or delete it if the text is empty. Raises Refused.

    A draft that is changed after it was posted becomes a new draft with a new id.
    """
    check_open(session, now)
    body = clean_text(text)
    with transaction.atomic():
        mine = Draft.objects.filter(session=session, person=person, topic__position=position)
        draft = mine.select_for_update().first()
        if not body:
            mine.delete()
        elif draft is None:
            topic = Topic.objects.get(session=session, position=position)
            Draft.objects.update_or_create(
                topic=topic,
                person=person,
                defaults={"session": session, "body": body, "changed_at": now},
            )
        elif draft.body != body:
            if draft.client_id in posted_ids(session, person, [draft.client_id]):
                draft.client_id = uuid4()
            draft.body, draft.changed_at = body, now
            draft.save()


def unposted_drafts(session: ChatSession, person: User) -> list[dict[str, Any]]:
    """The drafts to offer in the room: {topic, id, body} of each that is not posted yet."""
    drafts = read_drafts(session, person)
    done = posted_ids(session, person, [draft.client_id for draft in drafts.values()])
    return [
        {"topic": position, "id": str(draft.client_id), "body": draft.body}
        for position, draft in sorted(drafts.items())
        if draft.client_id not in done
    ]


def posted_ids(session: ChatSession, person: User, ids: Collection[UUID]) -> set[UUID]:
    """Which of these ids that person has posted under."""
    if not ids:
        return set()
    posts = Post.objects.filter(session=session, author=person, client_id__in=ids)
    return set(posts.values_list("client_id", flat=True))


def clean_text(text: str) -> str:
    """The text as a post would store it, or ''. Raises Refused if it can't be posted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    body = fields.text({"text": lines}, "text")
    if not has_something_visible(body):
        return ""
    check_body(body)
    return body


def check_open(session: ChatSession, now: datetime) -> None:
    """Check that the session has not ended or been called off. Raises Refused."""
    if session.is_called_off(now):
        raise Refused("cancelled")
    if now >= session.ends_at:
        raise Refused("closed", AFTER)
