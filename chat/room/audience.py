"""Everyone who is sent what happens in a room: connections, and requests that are held."""

import asyncio
import contextlib
from collections.abc import Callable
from uuid import uuid4

from chat.room.connection import Connection
from chat.wire.frames import Frame


class Audience:
    """The connections in a room. Those that have been sent what they missed are live."""

    def __init__(self) -> None:
        self.connections: dict[Connection, None] = {}
        # The bound `send_frame` of each: one look-up less for every frame and tab.
        self.live: dict[Connection, Callable[[Frame], None]] = {}
        self.live_tabs: dict[int, dict[Connection, None]] = {}
        self.mark = uuid4().hex[:8]
        self.news_count = 0
        self.held_requests: set[asyncio.Future[None]] = set()

    def enter(self, connection: Connection) -> None:
        self.connections[connection] = None

    def leave(self, connection: Connection) -> bool:
        """False for a connection that had left already."""
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

    def make_live(self, connection: Connection) -> None:
        """Send it all frames from now on."""
        self.live[connection] = connection.send_frame
        self.live_tabs.setdefault(connection.admission.person_id, {})[connection] = None

    def live_tabs_of(self, person: int) -> list[Connection]:
        return list(self.live_tabs.get(person, ()))

    def broadcast_text(self, text: str, *, is_news: bool = True) -> None:
        """Send a frame to every live connection; news also ends the requests that are held."""
        frame = Frame(text)
        for send_frame in list(self.live.values()):
            send_frame(frame)
        if is_news:
            self.release_held_requests()

    # Requests that are held until something happens

    def release_held_requests(self) -> None:
        self.news_count += 1
        for request in self.held_requests:
            if not request.done():
                request.set_result(None)
        self.held_requests.clear()

    @property
    def news_mark(self) -> str:
        """Changes with every broadcast; a polling client sends it back as what it has seen."""
        return f"{self.mark}-{self.news_count}"

    async def wait_for_news(self, seconds: float) -> None:
        """Return at the next news, or after that many seconds."""
        request: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.held_requests.add(request)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(request, seconds)
        finally:
            self.held_requests.discard(request)
