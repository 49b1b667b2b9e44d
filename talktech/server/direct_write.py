"""Writes to a connection's socket directly, without waiting for Twisted's reactor.

Twisted never writes at once: `transport.write` buffers the bytes and asks the reactor to be called
back, and for a thousand readers that is 41 % of the work. So while nothing is buffered, a message
goes straight to the socket. What the system does not take waits here, and is sent in one write when
the buffer has drained. Pings, closes and answers are written in the same way, so order is kept.

Direct writes would bypass TLS, which is the proxy's job. No private names are used, but some of the
public ones are not documented: so versions are pinned, and `is_sound` tries everything on a real
connection when the server starts. If that fails, the server sends in Twisted's own way.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.interfaces import IPullProducer
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from chat.wire.frames import Frame

log = logging.getLogger(__name__)

TRIAL_LASTS = 3.0
LARGE = bytes(range(256)) * 2**15  # 8 MiB, more than any buffer between the two


@implementer(IPullProducer)
class DirectWriter:
    """Writes to one connection. With more than `most` bytes waiting, it drops them and calls
    `too_much`.
    """

    def __init__(self, transport: Any, most: int, too_much: Callable[[], None]) -> None:
        self.transport = transport
        self.most = most
        self.too_much = too_much
        self.waiting: list[bytes] = []
        self.waiting_bytes = 0
        self.send: Callable[[bytes], int] = transport.getHandle().send
        self.is_stopped = False
        self.is_clear = False
        self.is_registering = False
        # Something may be buffered already, such as the answer to a handshake.
        self.wait_for_drain()

    def put(self, frame: Frame) -> None:
        """Write a whole message, whose bytes are shared with other sockets."""
        if not self.is_stopped:
            self.write(frame.message)

    def stop_messages(self) -> None:
        """Ignore later messages, because the close frame comes next."""
        self.is_stopped = True

    def write(self, data: bytes) -> None:
        if self.is_clear:
            try:
                taken = self.send(data)
            except BlockingIOError:
                taken = 0
            except OSError:
                # The connection is lost, which the reactor will notice.
                self.transport.write(data)
                self.is_clear = False
                return
            if taken < len(data):
                self.transport.write(data[taken:])
                self.wait_for_drain()
            return
        self.waiting.append(data)
        self.waiting_bytes += len(data)
        if self.waiting_bytes > self.most:
            self.waiting.clear()
            self.waiting_bytes = 0
            self.too_much()

    def wait_for_drain(self) -> None:
        self.is_clear = False
        self.is_registering = True
        self.transport.registerProducer(self, False)
        self.is_registering = False
        # An empty buffer never drains, so the reactor has to be asked to look.
        self.transport.startWriting()

    def resumeProducing(self) -> None:
        """Twisted calls this when its buffer is empty: send what has gathered, in one write."""
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


async def is_sound() -> bool:
    """True if direct writes work with this Twisted, tried on a real connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    protocol = Protocol()
    with theirs, ours:
        ours.setblocking(False)
        theirs.setblocking(False)
        try:
            reactor.adoptStreamConnection(
                ours.fileno(), socket.AF_INET, Factory.forProtocol(lambda: protocol)
            )
            async with asyncio.timeout(TRIAL_LASTS):
                await run_trial(protocol, theirs)
        except Exception as fault:
            log.warning("Frames are sent in Twisted's own way, which is slower: %r", fault)
            return False
        finally:
            if protocol.transport is not None:
                protocol.transport.abortConnection()
    return True


async def run_trial(protocol: Protocol, theirs: socket.socket) -> None:
    """Write to the connection and read from its peer; raises an exception if anything is wrong."""

    def too_much() -> None:
        raise RuntimeError("more bytes waited than were sent")

    loop = asyncio.get_running_loop()
    wire = DirectWriter(protocol.transport, len(LARGE), too_much)
    await wait_until_clear(wire)
    wire.write(b"at once")
    if theirs.recv(100) != b"at once":
        raise RuntimeError("the bytes were not sent at once")
    for piece in (LARGE, b"then ", b"this"):
        wire.write(piece)
    if wire.is_clear:
        raise RuntimeError("a full buffer was not noticed")
    received = bytearray()
    while len(received) < len(LARGE) + 9:
        received += await loop.sock_recv(theirs, 2**20)
    if received != LARGE + b"then this":
        raise RuntimeError("the bytes came in another order")
    await wait_until_clear(wire)


async def wait_until_clear(wire: DirectWriter) -> None:
    while not wire.is_clear:  # noqa: ASYNC110 (the reactor sends no event)
        await asyncio.sleep(0)
