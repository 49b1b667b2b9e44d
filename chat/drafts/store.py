"""Private answers that people write before a session: theirs alone, offered to them in the room.

Nobody else is ever shown one: no admin page, no log, no page of another person knows of them.
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


def of(session: ChatSession, person: User) -> dict[int, Draft]:
    """That person's own answers, by topic."""
    drafts = Draft.objects.filter(session=session, person=person).select_related("topic")
    return {draft.topic.position: draft for draft in drafts}


def keep(session: ChatSession, person: User, position: int, text: str, now: datetime) -> None:
    """Make this the answer to that topic's question; one without text is deleted. Raises Refused.

    One that was posted already and is written anew is a new answer, with an id of its own.
    """
    check_open(session, now)
    body = tidy(text)
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
            if draft.client_id in posted(session, person, [draft.client_id]):
                draft.client_id = uuid4()
            draft.body, draft.changed_at = body, now
            draft.save()


def unposted(session: ChatSession, person: User) -> list[dict[str, Any]]:
    """What the room offers that person: {topic, id, body} of each that is not a post yet."""
    drafts = of(session, person)
    done = posted(session, person, [draft.client_id for draft in drafts.values()])
    return [
        {"topic": position, "id": str(draft.client_id), "body": draft.body}
        for position, draft in sorted(drafts.items())
        if draft.client_id not in done
    ]


def posted(session: ChatSession, person: User, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids under which that person posted."""
    if not ids:
        return set()
    posts = Post.objects.filter(session=session, author=person, client_id__in=ids)
    return set(posts.values_list("client_id", flat=True))


def tidy(text: str) -> str:
    """The text as a post would have it, or nothing. Raises Refused for what could not be posted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    body = fields.text({"text": lines}, "text")
    if not has_something_visible(body):
        return ""
    check_body(body)
    return body


def check_open(session: ChatSession, now: datetime) -> None:
    """Is there still something to prepare for? Raises Refused."""
    if session.is_called_off(now):
        raise Refused("cancelled")
    if now >= session.ends_at:
        raise Refused("closed", AFTER)
