"""Sockets on Daphne that take a prepared message, bounded in what comes in and what waits.

What comes in is counted below the messages, where a client may send pings, pongs and fragments
without end: frames of every kind, and bytes. Whoever sends more is cut off.
"""

from collections.abc import Callable
from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from chat.edges.rate_limit import AT_ONCE, Allowance
from chat.wire.close_codes import INTERNAL_ERROR, SERVICE_RESTART, TOO_MANY, TOO_SLOW
from chat.wire.frames import Frame
from chat.wire.protocol import LARGEST_FRAME
from talktech.server import security_headers
from talktech.server.connections import client_address
from talktech.server.direct_write import DirectWriter

MOST_FRAMES_WAITING = 512
# Autobahn cuts its buffer for each frame in it, so a large read of small frames costs its square.
PIECE = 2048
# A message may come in so many frames, and is so long, on the average.
FRAMES_A_MESSAGE = 3
BYTES_A_MESSAGE = LARGEST_FRAME // 4
# Before somebody is known to be signed in: as many as a page sends meanwhile.
BYTES_OF_A_STRANGER = 4 * LARGEST_FRAME
TEXT, BINARY = 1, 2  # opcodes, RFC 6455, section 5.2


class RoomProtocol(WebSocketProtocol):  # type: ignore[misc]
    """One socket. It writes over a `DirectWriter` of its own, once the handshake is through."""

    # Whether wires work here; the server tries it when it starts.
    may_write_at_once = False
    wire: DirectWriter | None = None
    muted: bool
    address = ""
    is_admitted = False
    is_connected = False

    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.is_http = False
        # The request that asked for the upgrade is over, and would be kept for as long as we live.
        self.transport.requests.clear()
        messages = settings.CONFIG.limit_frames * AT_ONCE
        self.frames_left = Allowance(0, messages)
        self.bytes_left = Allowance(0, BYTES_OF_A_STRANGER)

    def onConnect(self, request: Any) -> Any:
        # A client must not choose where our addresses begin.
        request.headers.pop("daphne-root-path", None)
        forwarded = request.headers.get("x-forwarded-for", "")
        proxies = settings.CONFIG.trusted_proxies
        self.address = client_address(forwarded, self.transport.hostname, proxies)
        connections = self.factory.server_class.open_connections
        if not connections.may_open_socket(self.address):
            raise ConnectionDeny(503, "Too many connections")  # type: ignore[no-untyped-call]
        self.is_connected = True
        connections.sockets[self.address] += 1
        return super().onConnect(request)

    def onClose(self, *args: Any) -> None:
        if self.is_connected:
            self.factory.server_class.open_connections.socket_closed(self.address, self)
            super().onClose(*args)

    def admitted(self) -> None:
        """Somebody signed in is at the other end, and may send as fast as the settings say."""
        self.is_admitted = True
        frames = settings.CONFIG.limit_frames * FRAMES_A_MESSAGE
        size = settings.CONFIG.limit_frames * BYTES_A_MESSAGE
        self.frames_left = Allowance(frames, frames * AT_ONCE)
        self.bytes_left = Allowance(size, size * AT_ONCE)

    def dataReceived(self, data: bytes) -> None:
        if not self.bytes_left.take(len(data)):
            self.cut_off("too many bytes")
            return
        if len(data) <= PIECE:
            super().dataReceived(data)
            return
        for begin in range(0, len(data), PIECE):
            super().dataReceived(data[begin : begin + PIECE])
            if self.muted or self.state == self.STATE_CLOSED:
                return

    def onFrameBegin(self) -> None:
        super().onFrameBegin()
        if not self.frames_left.take():
            frame = self.current_frame
            self.cut_off("too many frames", is_whole=frame.fin and frame.opcode in (TEXT, BINARY))

    def cut_off(self, why: str, *, is_whole: bool = True) -> None:
        """Read no more. Only who may be a page of ours that sends too much is told the code."""
        self.data = b""
        if self.muted or self.state == self.STATE_CLOSED:
            return
        self.factory.server_class.open_connections.log_cut(self.address, why)
        if self.is_admitted and is_whole:
            self.send_away(TOO_MANY)
            return
        self.muted = True
        if self.is_connected:
            self.application_queue.put_nowait({"type": "websocket.disconnect", "code": TOO_MANY})
        self.dropConnection(abort=True)

    def sendHttpErrorResponse(self, code: int, reason: str, more: Any = None) -> None:
        """A refused handshake is an answer over HTTP like any other."""
        own = security_headers.add_missing(
            "", [(b"content-length", b"0"), (b"connection", b"close")]
        )
        fields = [(name.decode(), value.decode()) for name, value in own]
        super().sendHttpErrorResponse(code, reason, [*fields, *(more or ())])

    def onOpen(self) -> None:
        if self.may_write_at_once:
            # The HTTP channel that was upgraded leaves its own producer behind.
            self.transport.unregisterProducer()
            self.wire = DirectWriter(self.transport, settings.CONFIG.limit_outgoing, self.too_slow)
        super().onOpen()

    @property
    def put(self) -> Callable[[Frame], None]:
        """Sends a frame, whose bytes may be shared with other sockets."""
        assert self.wire is not None
        return self.wire.put

    def sendCloseFrame(self, *args: Any, **options: Any) -> None:
        if self.wire is not None:
            self.wire.stop_messages()
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
        if not self.is_admitted and self.state == self.STATE_CLOSING:
            self.factory.server_class.open_connections.was_refused(self.address, self)

    def send_away(self, code: int) -> None:
        if not self.muted:
            self.muted = True
            self.application_queue.put_nowait({"type": "websocket.disconnect", "code": code})
            self.serverClose(code)
            # What a flood still sends stays with its sender.
            self.transport.pauseProducing()
