"""What the room reads from the database, in a thread and on a connection of its own.

Nothing here keeps anything: each function asks once and returns plain values.
"""

import json
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection

from chat import protocol
from chat.models import Attendance, Lease, Post
from chat.presence import Crowd, Here, Person, from_lease, to_lease
from curation.instants import read_clock
from curation.models import ChatSession
from people.models import User

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)

# The browser session's key, the person's id and password hash: any may cease to be so.
SignIn = tuple[str, int, str]

P = ParamSpec("P")
R = TypeVar("R")


class Tail:
    """One thread that asks the database, with a connection that is renewed after a fault."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tail")

    def ask(self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call in this thread; for `loop.run_in_executor(tail.thread, tail.ask, …)`."""
        try:
            return question(*args, **kwargs)
        except (DatabaseError, InterfaceError):
            connection.close()
            raise

    def stop(self) -> None:
        self.thread.submit(connection.close)
        self.thread.shutdown(wait=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as everybody sees it: `encoded` is its JSON, made once."""

    seq: int
    rev: int
    author_id: int
    body: str
    encoded: str

    @property
    def own(self) -> dict[str, Any]:
        """What only its author sees of it."""
        return {"body": self.body, "mine": []}

    def for_author(self) -> str:
        """The post's JSON with what only its author sees."""
        own = json.dumps(self.own, ensure_ascii=False)
        return f"{self.encoded[:-1]},{own[1:]}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a room knows of its session; read anew when `edition` differs."""

    session_id: int
    edition: int
    starts_at: datetime
    status: str
    curator_id: int | None
    session: dict[str, Any]
    topics: list[dict[str, Any]]

    @property
    def cancelled(self) -> bool:
        return self.status == ChatSession.Status.CANCELLED


@dataclass(frozen=True, slots=True)
class Look:
    """A glance at a session's row and at who is here in other processes."""

    edition: int
    status: str
    elsewhere: list[Crowd]


def facts(session_id: int) -> Facts | None:
    """None for a session that does not exist or was never published."""
    session = (
        ChatSession.objects.select_related("curator__team")
        .filter(pk=session_id, published_at__isnull=False)
        .first()
    )
    if session is None:
        return None
    topics = [
        {
            "position": topic.position,
            "question": topic.question,
            "starts_at": protocol.instant(topic.starts_at),
            "ends_at": protocol.instant(topic.ends_at),
            "articles": [
                {"title": article.title, "url": article.url, "source": article.source}
                for article in topic.visible_articles
            ],
        }
        for topic in session.read_topics()
    ]
    return Facts(
        session_id=session.pk,
        edition=session.edition,
        starts_at=session.starts_at,
        status=session.status,
        curator_id=session.curator_id,
        session={
            "id": session.pk,
            "date": session.date.isoformat() if session.date else None,
            "title": session.title,
            "starts_at": protocol.instant(session.starts_at),
            "ends_at": protocol.instant(session.ends_at),
            "curator": person(session.curator, session.curator_id) if session.curator else None,
        },
        topics=topics,
    )


def person(user: User, curator_id: int | None) -> dict[str, Any]:
    return {
        "id": user.pk,
        "name": user.name,
        "team": user.team.name if user.team else None,
        "host": user.pk == curator_id,
    }


def posts_after(session_id: int, revision: int, curator_id: int | None) -> list[Shown]:
    """The present state of what changed after that revision, in the order of the changes."""
    posts = (
        Post.objects.filter(session=session_id, rev__gt=revision)
        .select_related("author__team", "topic", "reply_to")
        .order_by("rev")[: protocol.POSTS_A_FRAME]
    )
    return [show(post, curator_id) for post in posts]


def show(post: Post, curator_id: int | None) -> Shown:
    """A post that can't be drawn says so; it never stops those after it."""
    try:
        author = person(post.author, curator_id)
        html = post.html if post.state == Post.State.SHOWN else ""
        encoded = encode(post, author, html)
        encoded.encode()
    except Exception:
        log.exception("Post %s can't be shown", post.pk)
        nobody = {"id": post.author_id, "name": "?", "team": None, "host": False}
        encoded = encode(post, nobody, "This post cannot be shown.")
    return Shown(post.seq, post.rev, post.author_id, post.body, encoded)


def encode(post: Post, author: Person, html: str) -> str:
    fields: dict[str, Any] = {
        "seq": post.seq,
        "rev": post.rev,
        "id": str(post.client_id),
        "topic": post.topic.position,
        "author": author,
        "at": protocol.instant(post.at),
        "html": html,
        "state": post.state,
        "reactions": {},
    }
    if post.reply_to:
        fields["reply_to"] = post.reply_to.seq
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def look(session_id: int, process: UUID) -> Look:
    row = ChatSession.objects.values_list("edition", "status").get(pk=session_id)
    leases = (
        Lease.objects.filter(session=session_id, until__gt=read_clock())
        .exclude(process=process)
        .values_list("people", flat=True)
    )
    return Look(*row, elsewhere=[from_lease(people) for people in leases])


def renew_lease(session_id: int, process: UUID, crowd: Crowd) -> None:
    """Say who is here through this process; with nobody here, say nothing any more."""
    mine = Lease.objects.filter(session=session_id, process=process)
    if not crowd:
        mine.delete()
        return
    now = read_clock()
    Lease.objects.update_or_create(
        session_id=session_id,
        process=process,
        defaults={"people": to_lease(crowd), "until": now + LEASE},
    )
    Lease.objects.filter(session=session_id, until__lt=now - LEASE).delete()


def remember(session_id: int, person_id: int, here: Here, at: datetime) -> None:
    """Keep how somebody takes part, for their next connection and for the record."""
    Attendance.objects.update_or_create(
        session_id=session_id,
        person_id=person_id,
        defaults={"mode": here.mode, "named": here.named, "since": at},
    )


def people(ids: Collection[int], curator_id: int | None) -> dict[int, Person]:
    found = User.objects.filter(pk__in=ids).select_related("team")
    return {user.pk: person(user, curator_id) for user in found}


def signed_out(signed_in: Collection[SignIn]) -> set[SignIn]:
    """Which of these hold no longer."""
    now = read_clock()
    keys = set(
        Session.objects.filter(
            session_key__in={key for key, _, _ in signed_in}, expire_date__gt=now
        ).values_list("session_key", flat=True)
    )
    accounts = set(
        User.objects.filter(
            pk__in={person_id for _, person_id, _ in signed_in}, is_active=True
        ).values_list("pk", "password")
    )
    return {one for one in signed_in if one[0] not in keys or (one[1], one[2]) not in accounts}
