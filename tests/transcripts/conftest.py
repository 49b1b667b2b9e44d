"""Posts as the ledger would have stored them, at instants that the tests choose."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Post
from curation.law.agenda import TOPIC
from curation.models import ChatSession
from people.models import User
from talktech.text.html import post_html
from tests.conftest import THURSDAY

AFTER = THURSDAY + timedelta(minutes=30)

Write = Callable[..., Post]


@pytest.fixture
def write(db: None) -> Write:
    def write(
        session: ChatSession,
        author: User,
        body: str,
        after: float,
        reply_to: Post | None = None,
        state: str = Post.State.SHOWN,
        html: str | None = None,
    ) -> Post:
        """A post at `after` minutes after the start, with the next `seq`."""
        session.last_seq += 1
        session.save(update_fields=["last_seq"])
        into = timedelta(minutes=after)
        return Post.objects.create(
            session=session,
            topic=session.topics.get(position=into // TOPIC + 1),
            seq=session.last_seq,
            rev=session.last_seq,
            taken_rev=session.last_seq,
            author=author,
            client_id=uuid4(),
            body=body,
            html=post_html(body) if html is None else html,
            at=session.starts_at + into,
            reply_to=reply_to,
            state=state,
        )

    return write


@pytest.fixture
def talk(session: ChatSession, dana: User, jonas: User, curator: User, write: Write) -> list[Post]:
    """Six posts over the three topics, with a reply, by three people."""
    first = write(session, dana, "A reminder in the calendar works.", 0)
    return [
        first,
        write(session, jonas, "For whom?", 3.5, reply_to=first),
        write(session, dana, "For me, at least: https://calendar.example/why", 9.999),
        write(session, curator, "Second question.", 10),
        write(session, jonas, "Nothing that rings.", 19.5),
        write(session, dana, "My team could try it.", 29.99),
    ]


@pytest.fixture
def reader(client: Client, jonas: User) -> Client:
    """Jonas, signed in."""
    client.force_login(jonas)
    return client
