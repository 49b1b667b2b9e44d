"""What rooms read from the database, in one thread with a connection of its own."""

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from chat import hosting
from chat.hosting import Hosting
from chat.ledger.availability import CallMonitor
from chat.room import presence
from chat.room.post_frames import person
from chat.room.presence import Crowd, Person
from chat.wire import protocol
from chat.wire.close_codes import SERVICE_RESTART, NotAdmitted
from curation.models import ChatSession
from people.models import User

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Reader:
    """One thread that asks the database, with a connection that is renewed after a fault."""

    def __init__(self, reading: CallMonitor) -> None:
        self.reading = reading
        self.is_stopped = False
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function in the reader's thread and return its result.

        Raises what the function raises, and NotAdmitted once the reader has been stopped.
        """
        if self.is_stopped:
            raise NotAdmitted(SERVICE_RESTART)
        call = partial(self._call, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self.thread, call)

    def stop(self) -> None:
        """End the thread when its queue is empty; a frozen database is not waited for."""
        self.is_stopped = True
        self.thread.submit(close_connection)
        self.thread.shutdown(wait=False)

    def _call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self.reading.begin()
        try:
            result = function(*args, **kwargs)
        except (OperationalError, InterfaceError) as fault:
            self.reading.fail(fault)
            connection.close()
            raise
        except Exception as fault:
            self.reading.succeed()  # the database did answer
            if isinstance(fault, DatabaseError):
                connection.close()
            raise
        self.reading.succeed()
        return result


def close_connection() -> None:
    # `connection.close` itself would bind the submitting thread's connection.
    connection.close()


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a room knows of its session; read again when `edition` changes.

    `session` and `topics` are as a `welcome` sends them.
    """

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
class LiveFacts:
    """What may change at any moment; `elsewhere` are the people in other processes."""

    edition: int
    status: str
    elsewhere: list[Crowd]
    hosting: Hosting


def read_facts(session_id: int) -> SessionFacts | None:
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
    return SessionFacts(
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
        hosting=hosting.read_hosting(session.pk),
    )


def read_live_facts(session_id: int, process: UUID) -> LiveFacts:
    """The facts of this second, for the room of that session in that process."""
    row = ChatSession.objects.values_list("edition", "status").get(pk=session_id)
    return LiveFacts(
        *row,
        elsewhere=presence.read_leases(session_id, process),
        hosting=hosting.read_hosting(session_id),
    )


def read_people(ids: Collection[int], curator_id: int | None) -> dict[int, Person]:
    """By id, each person's fields on the wire."""
    found = User.objects.filter(pk__in=ids).select_related("team")
    return {user.pk: person(user, curator_id) for user in found}
