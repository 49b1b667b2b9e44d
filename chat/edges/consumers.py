"""The consumers of the WebSocket addresses: a tab in a room, and any other address."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, InterfaceError

from chat.edges import admission
from chat.edges.clients import clients_of
from chat.edges.outbox import Outbox
from chat.edges.participant import Participant
from chat.edges.rate_limit import RateLimit
from chat.law.rules import Refused
from chat.ledger.availability import log_fault
from chat.room.connection import Admission
from chat.room.hub import Hub, hub
from chat.room.room import Room
from chat.wire import protocol
from chat.wire.close_codes import (
    NO_SUCH_SESSION,
    SERVICE_RESTART,
    TOO_MANY,
    NotAdmitted,
)
from chat.wire.frames import Frame

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# The extension of a server whose sockets take a prepared frame and write its bytes at once: it has
# the methods `send_frame` and `allow_more` of an `Outbox`.
DIRECT = "talktech.direct"
# The extension of a server that bounds connections tightly until it is told that one is admitted.
ADMITTED = "talktech.admitted"


class RoomConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One tab of one person in one room."""

    # No channel layer per tab: one listener per process is enough, and far cheaper.
    channel_layer_alias = "none"

    admission: Admission
    room: Room | None = None
    outbox: Outbox | None = None
    # Part of the room's Connection.
    send_frame: Callable[[Frame], None]
    # History does not count as a backlog the first time; a second welcome does.
    is_welcomed = False
    is_closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one event after the other.

        Channels' own method makes a task to wait for each event, as it also listens to a channel
        layer, which no tab has.
        """
        self.scope, self.base_send, self.channel_layer = scope, send, None
        try:
            with contextlib.suppress(StopConsumer):
                while True:
                    await self.dispatch(await receive())
        finally:
            # Also when this was cancelled or failed: then the server sends no `disconnect`.
            self.leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the method for that event.

        Channels' own method first visits a thread for each event, to close old database
        connections. Ledger and reader look after theirs.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        if not admission.is_our_page(self.scope):
            await self.close()
            return
        await self.accept()
        self.hub: Hub = hub()
        self.clients = clients_of(self.hub)
        extensions = self.scope.get("extensions") or {}
        direct = extensions.get(DIRECT)
        if direct is None:
            direct = self.outbox = Outbox(self.base_send, self.send_away)
        self.send_frame, self.allow_more = direct.send_frame, direct.allow_more
        self.rate_limit = RateLimit()
        self.tasks: set[asyncio.Task[None]] = set()
        try:
            self.admission = await self.admit(int(self.scope["url_route"]["kwargs"]["session_id"]))
            self.room = self.hub.enter(self)
            limits = self.clients.limits_of(self.admission.person_id)
            self.participant = Participant(self.hub, self.room, self, limits)
            extensions.get(ADMITTED, lambda: None)()
        except NotAdmitted as not_admitted:
            if not_admitted.reason:
                self.send_text(protocol.refused(Refused("full", not_admitted.reason)))
            self.send_away(not_admitted.code)
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "Nobody can be admitted", fault)
            self.send_away(SERVICE_RESTART)

    async def admit(self, session_id: int) -> Admission:
        """Admit by a ticket where the room is open already, else by what the database says."""
        key = admission.session_key(self.scope)
        room = self.hub.rooms.get(session_id)
        ticket = admission.ticket(self.scope)
        if room is not None and ticket:
            admitted = admission.admit_with_ticket(ticket, key, room.facts)
            sign_in = admitted.sign_in if admitted else None
            if admitted and sign_in and await self.hub.sign_ins.holds(sign_in):
                return admitted
        return await self.clients.admit(key, session_id, room.facts if room else None)

    async def disconnect(self, code: int) -> None:
        self.leave()

    def leave(self) -> None:
        """Serve and send nothing from now on. A second call changes nothing."""
        self.is_closing = True
        if self.room is not None:
            self.hub.leave(self, self.room)
            self.room = None
        if self.outbox is not None:
            self.outbox.task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_closing or self.room is None:
            return
        if not self.rate_limit.may_send():
            self.send_away(TOO_MANY)
            return
        try:
            frame = protocol.parse(text_data)
            await self.participant.perform(frame, self.answer)
            self.is_welcomed = self.is_welcomed or isinstance(frame, protocol.Hello)
        except Refused as refused:
            self.send_text(protocol.refused(refused))
            if refused.code == "bad_request" and not self.rate_limit.may_be_mistaken():
                self.send_away(TOO_MANY)
        except NotAdmitted as not_admitted:
            self.send_away(not_admitted.code)

    def answer(self, text: str | None) -> None:
        if text is not None:
            self.send_text(text)

    # The room's Connection

    def send_text(self, text: str, *, is_history: bool = False) -> None:
        if self.is_closing:
            return
        frame = Frame(text)
        if is_history and not self.is_welcomed:
            self.allow_more(len(frame.message))
        self.send_frame(frame)

    def send_away(self, code: int) -> None:
        if not self.is_closing:
            self.is_closing = True
            task = asyncio.ensure_future(self.close_with(code))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def close_with(self, code: int) -> None:
        """Close with that code, after what was queued before."""
        try:
            if self.outbox is not None:
                await self.outbox.close()
        finally:
            try:
                await self.close(code)
            except Exception:
                # A server may accept fewer codes from applications than the protocol has.
                await self.close()


class NoSuchRoom(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other address."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        if not admission.is_our_page(self.scope):
            await self.close()
            return
        await self.accept()
        await self.close(NO_SUCH_SESSION)
