"""Sockets on Daphne that take a prepared message and write it at once.

Twisted never writes at once: `transport.write` keeps the bytes and asks the reactor to be called
back, and for a thousand readers that book-keeping is 41 % of the work. So while nothing waits, a
message goes straight to the system; what the system does not take waits here, and all that has
gathered leaves in one write when the buffer has drained. Pings, closes and answers take the same
way, so order is kept.

TLS would be bypassed by direct writes; it belongs to the proxy.
"""

import logging
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet.interfaces import IPullProducer
from zope.interface import implementer

from chat.doors import SERVICE_RESTART, TOO_MANY, TOO_SLOW

log = logging.getLogger(__name__)

MOST_FRAMES_WAITING = 512


@implementer(IPullProducer)
class RoomProtocol(WebSocketProtocol):  # type: ignore[misc]
    """One socket: bounded in what waits to be read and to be sent."""

    # The answer to the handshake is still buffered when the socket opens.
    is_clear = False
    is_registering = False
    is_direct = False
    muted: bool

    def onConnect(self, request: Any) -> Any:
        # A client must not choose where our addresses begin.
        request.headers.pop("daphne-root-path", None)
        self.waiting: list[bytes] = []
        self.waiting_bytes = 0
        return super().onConnect(request)

    def onOpen(self) -> None:
        super().onOpen()
        # The HTTP channel that was upgraded leaves its own producer behind.
        self.transport.unregisterProducer()
        self.is_direct = True
        self.wait_for_drain()

    def put(self, message: bytes) -> None:
        """Send a whole WebSocket message, which may be shared with other sockets."""
        if self.state == self.STATE_OPEN and not self.muted:
            self.write(message)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Everything that Autobahn sends comes through here."""
        if self.is_direct:
            self.write(data)
        else:
            super().sendData(data, sync, chopsize)

    def write(self, data: bytes) -> None:
        if self.is_clear:
            taken = self.transport.writeSomeData(data)
            if isinstance(taken, int):
                if taken < len(data):
                    self.transport.write(data[taken:])
                    self.wait_for_drain()
            else:
                # An exception as a value: the connection is lost, and the reactor will say so.
                self.transport.write(data)
                self.is_clear = False
            return
        self.waiting.append(data)
        self.waiting_bytes += len(data)
        if self.waiting_bytes > settings.CONFIG.limit_outgoing and not self.muted:
            self.waiting.clear()
            self.waiting_bytes = 0
            self.send_away(TOO_SLOW)

    def wait_for_drain(self) -> None:
        self.is_clear = False
        self.is_registering = True
        self.transport.registerProducer(self, False)
        self.is_registering = False
        # An empty buffer never drains, so make the reactor look.
        self.transport.startWriting()

    def resumeProducing(self) -> None:
        """The transport's buffer is empty: send what has gathered, in one write."""
        if self.is_registering:
            return
        self.transport.unregisterProducer()
        self.is_clear = True
        if self.waiting:
            gathered = b"".join(self.waiting)
            self.waiting.clear()
            self.waiting_bytes = 0
            self.write(gathered)

    def stopProducing(self) -> None:
        self.is_clear = False

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.application_queue.qsize() > MOST_FRAMES_WAITING:
            self.send_away(TOO_MANY)
            return
        super().onMessage(payload, isBinary)

    def serverClose(self, code: int | None = None) -> None:
        if code == SERVICE_RESTART:
            # Autobahn lets only libraries say 1012, not applications; we are the server here.
            self.sendCloseFrame(code=code)
        else:
            super().serverClose(code)

    def send_away(self, code: int) -> None:
        if not self.muted:
            self.muted = True
            self.application_queue.put_nowait({"type": "websocket.disconnect", "code": code})
            self.serverClose(code)
            # What a flood still sends stays with its sender.
            self.transport.pauseProducing()
