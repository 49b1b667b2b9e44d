"""Daphne as this product needs it: bounds on what comes in and waits to go out, a graceful stop.

Everything here goes by names that Daphne, Autobahn and Twisted promise; versions are pinned.
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

# Daphne's 50 make a storm of joins wait for retransmits while the processor is idle.
BACKLOG = 2048
# Seconds. Who stops a service kills it after ten.
LONGEST_GOODBYE = 9.0
# Seconds from a close frame to a cut connection, which takes back what the client has not read:
# after Autobahn's one a busy page would never learn its close code.
TIME_TO_READ_WHY = 5


class TalkTechServer(Server):  # type: ignore[misc]
    """`run()` returns when the server has stopped; `fault` then says whether it ever listened."""

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
            # Wall-clock time-outs would cut sockets when the clock is set; the room's own pulse
            # finds dead ones.
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
        # By dropping the connection the client would never see the code 1009.
        # Origins are judged in `chat.edges.admission`, which answers 403.
        self.ws_factory.setProtocolOptions(
            failByDrop=False, allowNullOrigin=True, closeHandshakeTimeout=TIME_TO_READ_WHY
        )
        reactor.callWhenRunning(self.open_the_ports)
        loop = asyncio.get_event_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self.stop_gracefully)

    def open_the_ports(self) -> None:
        """Accept connections once it is known how to write to them.

        Until then they wait in the system's queue, and nobody who comes early is served the slow
        way for the rest of the session.
        """

        async def try_direct_writes() -> None:
            try:
                RoomProtocol.may_write_at_once = await direct_write.is_sound()
                # Also where no room is open yet: whoever signs out here may be in one elsewhere.
                hub()
            except Exception as fault:
                # Otherwise it would run, never accept a connection and say nothing.
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
        """Take no new connections, commit what waits, say goodbye, stop. Twice: at once."""
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
            log.exception("The goodbye went wrong")
        # A moment for the close frames to leave.
        asyncio.get_running_loop().call_later(0.2, self.stop)
