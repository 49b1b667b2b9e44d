"""What the room reads from the database, in a thread and on a connection of its own.

Nothing here keeps anything: each function asks once and returns plain values.
"""

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from chat import hosting
from chat.hosting import Hosting
from chat.ledger.reach import Way
from chat.models import Lease
from chat.room.post_frames import person
from chat.room.presence import Crowd, Person, from_lease, to_lease
from chat.wire import protocol
from curation.clock import database_now
from curation.models import ChatSession
from people.models import User

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)

P = ParamSpec("P")
R = TypeVar("R")


class Reader:
    """One thread that asks the database, with a connection that is renewed after a fault."""

    def __init__(self, reading: Way) -> None:
        self.reading = reading
        self.is_stopped = False
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    def ask(self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call in this thread; for `loop.run_in_executor(reader.thread, reader.ask, …)`."""
        self.reading.begin()
        try:
            answer = question(*args, **kwargs)
        except (OperationalError, InterfaceError) as fault:
            self.reading.fail(fault)
            connection.close()
            raise
        except Exception as fault:
            self.reading.succeed()  # an answer, too
            if isinstance(fault, DatabaseError):
                connection.close()
            raise
        self.reading.succeed()
        return answer

    def stop(self) -> None:
        """Ends the thread when it has nothing more to do; nobody waits for a frozen database."""
        self.is_stopped = True
        self.thread.submit(hang_up)
        self.thread.shutdown(wait=False)


def hang_up() -> None:
    # Not `connection.close` handed over: that would be the connection of who hands it over.
    connection.close()


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
    hosting: Hosting

    @property
    def cancelled(self) -> bool:
        return self.status == ChatSession.Status.CANCELLED


@dataclass(frozen=True, slots=True)
class Look:
    """A glance at a session's row and at who is here in other processes."""

    edition: int
    status: str
    elsewhere: list[Crowd]
    hosting: Hosting


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
        hosting=hosting.read(session.pk),
    )


def look(session_id: int, process: UUID) -> Look:
    row = ChatSession.objects.values_list("edition", "status").get(pk=session_id)
    leases = (
        Lease.objects.filter(session=session_id, until__gt=database_now())
        .exclude(process=process)
        .values_list("people", flat=True)
    )
    return Look(
        *row,
        elsewhere=[from_lease(people) for people in leases],
        hosting=hosting.read(session_id),
    )


def renew_lease(session_id: int, process: UUID, crowd: Crowd) -> None:
    """Say who is here through this process; with nobody here, say nothing any more."""
    mine = Lease.objects.filter(session=session_id, process=process)
    if not crowd:
        mine.delete()
        return
    now = database_now()
    Lease.objects.update_or_create(
        session_id=session_id,
        process=process,
        defaults={"people": to_lease(crowd), "until": now + LEASE},
    )
    Lease.objects.filter(session=session_id, until__lt=now - LEASE).delete()


def people(ids: Collection[int], curator_id: int | None) -> dict[int, Person]:
    found = User.objects.filter(pk__in=ids).select_related("team")
    return {user.pk: person(user, curator_id) for user in found}
