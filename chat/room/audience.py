"""Who hears what happens in a room: every tab of every person, by socket or by held request."""

import asyncio
import contextlib
from collections.abc import Callable
from uuid import uuid4

from chat.room.connection import Connection
from chat.wire.frames import Frame


class Audience:
    """Connections that are there; those of them that were given what they missed are live."""

    def __init__(self) -> None:
        self.connections: dict[Connection, None] = {}
        self.live: dict[Connection, Callable[[Frame], None]] = {}
        self.live_tabs: dict[int, dict[Connection, None]] = {}
        self.mark = uuid4().hex[:8]
        self.news_count = 0
        self.waiting: set[asyncio.Future[None]] = set()

    def enter(self, connection: Connection) -> None:
        self.connections[connection] = None

    def leave(self, connection: Connection) -> bool:
        """False for one that was not there any more."""
        if connection not in self.connections:
            return False
        del self.connections[connection]
        person = connection.admission.person_id
        self.live.pop(connection, None)
        tabs = self.live_tabs.get(person, {})
        tabs.pop(connection, None)
        if not tabs:
            self.live_tabs.pop(person, None)
        return True

    def join(self, connection: Connection) -> None:
        """From now on it hears what everyone hears."""
        self.live[connection] = connection.hear
        self.live_tabs.setdefault(connection.admission.person_id, {})[connection] = None

    def live_of(self, person: int | None) -> list[Connection]:
        """That person's tabs that hear what is new."""
        return list(self.live_tabs.get(person, ())) if person is not None else []

    def broadcast(self, text: str, *, is_news: bool = True) -> None:
        frame = Frame(text)
        for hear in list(self.live.values()):
            hear(frame)
        if is_news:
            self.tell_who_waits()

    def tell_who_waits(self) -> None:
        """Those who hold a request until something happens."""
        self.news_count += 1
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(None)
        self.waiting.clear()

    @property
    def news(self) -> str:
        """What was told so far: part of what a client without a socket says it has seen."""
        return f"{self.mark}-{self.news_count}"

    async def until_news(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.add(waiter)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiter, seconds)
        finally:
            self.waiting.discard(waiter)
