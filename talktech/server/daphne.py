"""Daphne's server with limits on connections, our own protocols and a graceful stop.

It uses public names of Daphne, Autobahn and Twisted only; their versions are pinned.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from daphne.server import Server
from django.conf import settings
from twisted.internet import reactor

from chat.edges.consumers import ADMITTED, DIRECT
from chat.room.hub import hub, started_hub
from chat.wire.protocol import LARGEST_FRAME
from talktech.server import direct_write
from talktech.server.connections import (
    OWN_DESCRIPTORS,
    ClientConnection,
    Connections,
    counted_address,
    open_files,
)
from talktech.server.http_protocol import BoundedChannel, BoundedRequest
from talktech.server.startup import exit_within
from talktech.server.websocket_protocol import RoomProtocol

log = logging.getLogger(__name__)

# With Daphne's 50, many joins at once wait for TCP retransmits while the processor is idle.
BACKLOG = 2048
# Seconds. Service managers kill a process after ten.
LONGEST_GOODBYE = 9.0
# Seconds from the close frame to closing the connection, which discards what the client has not
# read: with Autobahn's one second a busy page would never get its close code.
TIME_TO_READ_WHY = 5


class TalkTechServer(Server):  # type: ignore[misc]
    """`run()` returns when the server has stopped; `fault` then says why it could not start."""

    def __init__(
        self, application: Any, host: str, port: int, when_ready: Callable[[], None]
    ) -> None:
        self.fault = ""
        self.ports: list[Any] = []
        self.when_ready = when_ready
        self.open_connections = Connections(
            open_files() - OWN_DESCRIPTORS,
            settings.CONFIG.limit_connections,
            is_behind_a_proxy=settings.CONFIG.trusted_proxies > 0,
        )
        address = host.replace(":", r"\:")
        super().__init__(
            application,
            endpoints=[f"tcp:port={port}:interface={address}:backlog={BACKLOG}"],
            signal_handlers=False,
            # Daphne's time-outs go by the wall clock, so setting it would close sockets; the
            # room's own pulse finds dead ones.
            websocket_timeout=-1,
            websocket_max_message_size=LARGEST_FRAME,
            websocket_max_frame_size=LARGEST_FRAME,
            ready_callable=self.prepare,
            server_name="talktech",
            verbosity=0,
        )

    def prepare(self) -> None:
        build = self.http_factory.buildProtocol

        def build_bounded(address: Any) -> Any:
            if not self.open_connections.has_room_for(counted_address(address.host)):
                return None
            protocol = build(address)
            protocol.requestFactory = BoundedRequest
            return protocol

        self.http_factory.protocol = BoundedChannel
        self.http_factory.buildProtocol = build_bounded
        self.ws_factory.protocol = RoomProtocol
        # If it dropped the connection, the client would never get the code 1009.
        # Origins are checked in `chat.edges.admission`, which answers 403.
        self.ws_factory.setProtocolOptions(
            failByDrop=False, allowNullOrigin=True, closeHandshakeTimeout=TIME_TO_READ_WHY
        )
        reactor.callWhenRunning(self.open_the_ports)
        loop = asyncio.get_event_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self.stop_gracefully)

    def open_the_ports(self) -> None:
        """Accept connections once the trial of direct writes is over.

        Until then they wait in the system's queue. Otherwise early ones would be served in the
        slow way for the whole session.
        """

        async def try_direct_writes() -> None:
            try:
                RoomProtocol.may_write_at_once = await direct_write.is_sound()
                # Even if no room is open here: a person who signs out in this process may be in a
                # room of another one.
                hub()
            except Exception as fault:
                # Otherwise it would run and never accept a connection, without a word in the log.
                log.exception("The server can't start")
                self.fault = repr(fault)
                self.stop()
                return
            for port in self.ports:
                port.startReading()
            if self.ports:
                self.when_ready()

        self.trial = asyncio.ensure_future(try_direct_writes())

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, RoomProtocol):
            scope["extensions"] = {ADMITTED: protocol.admitted}
            if protocol.may_write_at_once:
                scope["extensions"][DIRECT] = protocol
        return super().create_application(protocol, scope)

    def timeout_checker(self) -> None:
        super().timeout_checker()
        self.open_connections.cut_idle()

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)
        port.transport = partial(ClientConnection, self.open_connections)
        port.stopReading()

    def listen_error(self, failure: Any) -> None:
        self.fault = failure.getErrorMessage()
        self.stop()

    def stop_gracefully(self) -> None:
        """Accept no more, commit what waits, close sockets, stop. A second call stops at once."""
        if not self.ports:
            self.stop()
            return
        exit_within(LONGEST_GOODBYE)
        ports, self.ports = self.ports, []
        for port in ports:
            port.stopListening()
        self.goodbye = asyncio.ensure_future(self.say_goodbye())

    async def say_goodbye(self) -> None:
        try:
            ours = started_hub()
            if ours is not None:
                await ours.stop()
        except Exception:
            log.exception("The room could not be stopped gracefully")
        # Time for the close frames to be sent.
        asyncio.get_running_loop().call_later(0.2, self.stop)
