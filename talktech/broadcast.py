"""Sockets on Daphne that take a prepared message, bounded in what comes in and what waits."""

from collections.abc import Callable
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from chat.doors import INTERNAL_ERROR, SERVICE_RESTART, TOO_MANY, TOO_SLOW
from chat.frames import Frame
from talktech import headers
from talktech.wire import Wire

MOST_FRAMES_WAITING = 512
TEXT, BINARY = 1, 2  # opcodes, RFC 6455, section 5.2


class RoomProtocol(WebSocketProtocol):  # type: ignore[misc]
    """One socket. It writes over a `Wire` of its own, once the handshake is through."""

    # Whether wires work here; the server tries it when it starts.
    may_write_at_once = False
    wire: Wire | None = None
    muted: bool

    def onConnect(self, request: Any) -> Any:
        # A client must not choose where our addresses begin.
        request.headers.pop("daphne-root-path", None)
        return super().onConnect(request)

    def sendHttpErrorResponse(self, code: int, reason: str, more: Any = None) -> None:
        """A refused handshake is an answer over HTTP like any other."""
        own = headers.completed("", [(b"content-length", b"0"), (b"connection", b"close")])
        fields = [(name.decode(), value.decode()) for name, value in own]
        super().sendHttpErrorResponse(code, reason, [*fields, *(more or ())])

    def onOpen(self) -> None:
        if self.may_write_at_once:
            # The HTTP channel that was upgraded leaves its own producer behind.
            self.transport.unregisterProducer()
            self.wire = Wire(self.transport, settings.CONFIG.limit_outgoing, self.too_slow)
        super().onOpen()

    @property
    def put(self) -> Callable[[Frame], None]:
        """Sends a frame, whose bytes may be shared with other sockets."""
        assert self.wire is not None
        return self.wire.put

    def sendCloseFrame(self, *args: Any, **options: Any) -> None:
        if self.wire is not None:
            self.wire.hush()
        super().sendCloseFrame(*args, **options)

    def spare(self, size: int) -> None:
        """So many bytes more may wait for this reader."""
        if self.wire is not None:
            self.wire.most += size

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Everything that Autobahn sends comes through here."""
        if self.wire is None:
            super().sendData(data, sync, chopsize)
        else:
            self.wire.write(data)

    def too_slow(self) -> None:
        self.send_away(TOO_SLOW)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.application_queue.qsize() > MOST_FRAMES_WAITING:
            self.send_away(TOO_MANY)
            return
        super().onMessage(payload, isBinary)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        """Without a wire; Autobahn's `sendMessage` would apply the limit on what comes in here too.

        A welcome is far larger than any frame of a client.
        """
        if self.state == self.STATE_OPEN:
            payload = content.encode() if isinstance(content, str) else content
            self.sendFrame(opcode=BINARY if binary else TEXT, payload=payload)

    def serverClose(self, code: int | None = None) -> None:
        if code in (INTERNAL_ERROR, SERVICE_RESTART):
            # Autobahn lets only libraries say these, not applications; we are the server here.
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
