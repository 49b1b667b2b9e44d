"""What waits to be sent to one tab, for servers that offer nothing better than ASGI's `send`."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from chat.wire.close_codes import INTERNAL_ERROR, TOO_SLOW
from chat.wire.frames import Frame

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outbox:
    """A bounded queue, sent in order by a task of its own.

    `send_away(close code)` is called for a client that reads too slowly or can't be written to.
    """

    def __init__(self, send: Send, send_away: Callable[[int], None]) -> None:
        self.send = send
        self.send_away = send_away
        self.frames: deque[Frame] = deque()
        self.size = 0
        self.most = settings.CONFIG.limit_outgoing
        self.filled = asyncio.Event()
        self.task = asyncio.create_task(self.send_queue())
        self.task.add_done_callback(self.on_stopped)

    def send_frame(self, frame: Frame) -> None:
        """Queue a frame; never waits."""
        self.size += len(frame.text)
        if self.size > self.most:
            self.frames.clear()
            self.send_away(TOO_SLOW)
            return
        self.frames.append(frame)
        self.filled.set()

    def allow_more(self, size: int) -> None:
        """Raise the limit by so many bytes, for a history that comes at once."""
        self.most += size

    async def send_queue(self) -> None:
        while True:
            await self.filled.wait()
            self.filled.clear()
            while self.frames:
                frame = self.frames.popleft()
                self.size -= len(frame.text)
                await self.send({"type": "websocket.send", "text": frame.text})

    async def close(self) -> None:
        """Send what is still queued, such as the refusal that explains why the socket closes."""
        self.task.cancel()
        while self.frames:
            frame = self.frames.popleft()
            await self.send({"type": "websocket.send", "text": frame.text})

    def on_stopped(self, task: asyncio.Task[None]) -> None:
        """A tab that can't be written to must not stay open without news, so it is closed."""
        if task.cancelled() or (fault := task.exception()) is None:
            return
        if not isinstance(fault, OSError):  # an OSError says that the client left
            log.error("A socket can't be written to and is closed: %r", fault)
        self.frames.clear()
        self.send_away(INTERNAL_ERROR)
