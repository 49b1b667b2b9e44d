"""The room's socket: parse, one verb of the domain, answer."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat.edges import admission
from chat.edges.participant import Participant
from chat.edges.rate_limit import RateLimit
from chat.law.rules import Refused
from chat.ledger.reach import log_fault
from chat.room.connection import Admission
from chat.room.hub import Hub, hub
from chat.room.room import Room
from chat.wire import protocol
from chat.wire.close_codes import (
    INTERNAL_ERROR,
    NO_SUCH_SESSION,
    SERVICE_RESTART,
    TOO_MANY,
    TOO_SLOW,
    NotAdmitted,
)
from chat.wire.frames import Frame

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# The extension of a server whose sockets take a frame (`put`) and write its bytes at once; `spare`
# lets so many more of them wait.
DIRECT = "talktech.direct"
# The extension of a server that wants to be told who is let in: it bounds all others tightly.
ADMITTED = "talktech.admitted"


class Outbox:
    """What waits to be sent to one tab, bounded; sent in order by a task of its own.

    For servers that offer nothing better than ASGI's `send`.
    """

    def __init__(self, consumer: "RoomConsumer") -> None:
        self.consumer = consumer
        self.frames: deque[Frame] = deque()
        self.size = 0
        self.most = settings.CONFIG.limit_outgoing
        self.something = asyncio.Event()
        self.task = asyncio.create_task(self.send_all())
        self.task.add_done_callback(self.stopped)

    def put(self, frame: Frame) -> None:
        self.size += len(frame.text)
        if self.size > self.most:
            self.frames.clear()
            self.consumer.send_away(TOO_SLOW)
            return
        self.frames.append(frame)
        self.something.set()

    def spare(self, size: int) -> None:
        """So many bytes more may wait: it is not the reader's fault that they come at once."""
        self.most += size

    async def send_all(self) -> None:
        while True:
            await self.something.wait()
            self.something.clear()
            while self.frames:
                frame = self.frames.popleft()
                self.size -= len(frame.text)
                await self.consumer.base_send({"type": "websocket.send", "text": frame.text})

    def stopped(self, task: asyncio.Task[None]) -> None:
        """A tab that can't be sent to must not stay open and hear nothing: it is closed."""
        if task.cancelled() or (fault := task.exception()) is None:
            return
        if not isinstance(fault, OSError):  # the client left
            log.error("A socket can't be written to and is closed: %r", fault)
        self.frames.clear()
        self.consumer.send_away(INTERNAL_ERROR)


class RoomConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One tab of one person in one room."""

    # No channel layer per tab: one listener per process is enough, and far cheaper.
    channel_layer_alias = "none"

    admission: Admission
    room: Room | None = None
    outbox: Outbox | None = None
    hear: Callable[[Frame], None]
    # History counts not as waiting, once; a second welcome is on the reader's account.
    is_welcomed = False
    is_closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hear one event after the other; Channels' own makes a task to wait for each.

        It could hear a channel layer besides, which no tab has.
        """
        self.scope, self.base_send, self.channel_layer = scope, send, None
        try:
            with contextlib.suppress(StopConsumer):
                while True:
                    await self.dispatch(await receive())
        finally:
            # Also when this was cancelled or failed: the server then says no `disconnect`.
            self.leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """To the method for that event; Channels' own hops to a thread first, for each event.

        It looks there for database connections that have grown old. Ledger and tail keep theirs.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        if not admission.is_our_page(self.scope):
            await self.close()
            return
        await self.accept()
        self.hub: Hub = hub()
        extensions = self.scope.get("extensions") or {}
        direct = extensions.get(DIRECT)
        if direct is None:
            direct = self.outbox = Outbox(self)
        self.hear, self.spare = direct.put, direct.spare
        self.rate_limit = RateLimit()
        self.tasks: set[asyncio.Task[None]] = set()
        try:
            self.admission = await self.admit(int(self.scope["url_route"]["kwargs"]["session_id"]))
            self.room = self.hub.enter(self)
            self.participant = Participant(self.hub, self.room, self)
            extensions.get(ADMITTED, lambda: None)()
        except NotAdmitted as not_admitted:
            if not_admitted.reason:
                self.put(protocol.refused(Refused("full", not_admitted.reason)))
            self.send_away(not_admitted.code)
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "Nobody can be let in", fault)
            self.send_away(SERVICE_RESTART)

    async def admit(self, session_id: int) -> Admission:
        """By a ticket where the room is open already, else by what the database says."""
        key = admission.session_key(self.scope)
        room = self.hub.rooms.get(session_id)
        ticket = admission.ticket(self.scope)
        if room is not None and ticket:
            admitted = admission.admit_with_ticket(ticket, key, room.facts)
            sign_in = admitted.sign_in if admitted else None
            if admitted and sign_in and await self.hub.sign_ins.holds(sign_in):
                return admitted
        return await self.hub.admit(key, session_id, room.facts if room else None)

    async def disconnect(self, code: int) -> None:
        self.leave()

    def leave(self) -> None:
        """Once or more often; nothing is served or sent from then on."""
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
            self.put(protocol.refused(refused))
            if refused.code == "bad_request" and not self.rate_limit.may_be_mistaken():
                self.send_away(TOO_MANY)
        except NotAdmitted as not_admitted:
            self.send_away(not_admitted.code)

    def answer(self, text: str | None) -> None:
        if text is not None:
            self.put(text)

    # The room's Connection

    def put(self, frame: Frame | str, *, is_history: bool = False) -> None:
        if self.is_closing:
            return
        if isinstance(frame, str):
            frame = Frame(frame)
        if is_history and not self.is_welcomed:
            self.spare(len(frame.message))
        self.hear(frame)

    def send_away(self, code: int) -> None:
        if not self.is_closing:
            self.is_closing = True
            self.do(self.say_goodbye(code))

    async def say_goodbye(self, code: int) -> None:
        # What was put before, such as the refusal that explains the close, goes first.
        try:
            if self.outbox is not None:
                self.outbox.task.cancel()
                while self.outbox.frames:
                    frame = self.outbox.frames.popleft()
                    await self.base_send({"type": "websocket.send", "text": frame.text})
        finally:
            try:
                await self.close(code)
            except Exception:
                # A server may let applications say fewer codes than the protocol has.
                await self.close()

    def do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class NoSuchRoom(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other address."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        if not admission.is_our_page(self.scope):
            await self.close()
            return
        await self.accept()
        await self.close(NO_SUCH_SESSION)
