"""Daphne's WebSocket protocol with direct writes, and limits on what comes in and what waits.

Frames of every kind and bytes are counted, not only messages, as a client may send pings, pongs and
fragments without end. A client over a limit is cut off.
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
# Autobahn copies its buffer for each frame in it, so a large read of small frames costs its square.
PIECE = 2048
# The average number of frames and of bytes that a message may have.
FRAMES_A_MESSAGE = 3
BYTES_A_MESSAGE = LARGEST_FRAME // 4
# Before a client is admitted: as many as a page sends until then.
BYTES_OF_A_STRANGER = 4 * LARGEST_FRAME
TEXT, BINARY = 1, 2  # opcodes, RFC 6455, section 5.2


class RoomProtocol(WebSocketProtocol):  # type: ignore[misc]
    """One socket. After the handshake it writes through a `DirectWriter` of its own."""

    # Whether direct writes work; the server tries it when it starts.
    may_write_at_once = False
    wire: DirectWriter | None = None
    muted: bool
    address = ""
    is_admitted = False
    is_connected = False

    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.is_http = False
        # The request for the upgrade is over; it would be referenced as long as the socket is open.
        self.transport.requests.clear()
        messages = settings.CONFIG.limit_frames * AT_ONCE
        self.frames_left = Allowance(0, messages)
        self.bytes_left = Allowance(0, BYTES_OF_A_STRANGER)

    def onConnect(self, request: Any) -> Any:
        # A client must not set the root path of our addresses.
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
        """Apply the limits of the settings, now that the client is known to be signed in."""
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
        """Stop reading. Only an admitted client, perhaps one of our pages, gets a close code."""
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
        """Answer a refused handshake over HTTP with the headers of any other answer."""
        own = security_headers.add_missing(
            "", [(b"content-length", b"0"), (b"connection", b"close")]
        )
        fields = [(name.decode(), value.decode()) for name, value in own]
        super().sendHttpErrorResponse(code, reason, [*fields, *(more or ())])

    def onOpen(self) -> None:
        if self.may_write_at_once:
            # The HTTP channel that was upgraded has left its own producer registered.
            self.transport.unregisterProducer()
            self.wire = DirectWriter(self.transport, settings.CONFIG.limit_outgoing, self.too_slow)
        super().onOpen()

    @property
    def send_frame(self) -> Callable[[Frame], None]:
        """The function that sends a frame, whose bytes may be shared with other sockets."""
        assert self.wire is not None
        return self.wire.put

    def sendCloseFrame(self, *args: Any, **options: Any) -> None:
        if self.wire is not None:
            self.wire.stop_messages()
        super().sendCloseFrame(*args, **options)

    def allow_more(self, size: int) -> None:
        """Let so many more bytes wait for this reader."""
        if self.wire is not None:
            self.wire.most += size

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Send through the direct writer everything that Autobahn sends."""
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
        """Send without a direct writer and without Autobahn's limit.

        Its `sendMessage` applies the limit on what comes in, and a welcome is far larger than that.
        """
        if self.state == self.STATE_OPEN:
            payload = content.encode() if isinstance(content, str) else content
            self.sendFrame(opcode=BINARY if binary else TEXT, payload=payload)

    def serverClose(self, code: int | None = None) -> None:
        if code in (INTERNAL_ERROR, SERVICE_RESTART):
            # Autobahn allows these codes to servers only, not to applications; this is the server.
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
            # Leave what the client still sends in its own buffers.
            self.transport.pauseProducing()
