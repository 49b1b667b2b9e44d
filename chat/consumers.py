"""The room's socket: parse, one verb of the domain, answer."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat import doors, protocol
from chat.doors import SERVICE_RESTART, SIGNED_OUT, TOO_MANY, TOO_SLOW, Admission, Shut
from chat.frames import Frame
from chat.hub import Hub, hub
from chat.ledger import Answer, Attempt, SignedOut
from chat.protocol import ChooseMode, Hello, Ping, Say, Typing
from chat.room import Room
from chat.rules import Refused

log = logging.getLogger(__name__)

MISTAKES_A_MINUTE = 10

# The extension of a server that takes a message's bytes and writes them at once.
PUT = "talktech.put"


class Outbox:
    """What waits to be sent to one tab, bounded; sent in order by a task of its own.

    For servers that offer nothing better than ASGI's `send`.
    """

    def __init__(self, consumer: "RoomSocket") -> None:
        self.consumer = consumer
        self.frames: deque[Frame] = deque()
        self.size = 0
        self.something = asyncio.Event()
        self.task = asyncio.create_task(self.send_all())

    def put(self, frame: Frame) -> None:
        self.size += len(frame.text)
        if self.size > settings.CONFIG.limit_outgoing:
            self.frames.clear()
            self.consumer.send_away(TOO_SLOW)
            return
        self.frames.append(frame)
        self.something.set()

    async def send_all(self) -> None:
        while True:
            await self.something.wait()
            self.something.clear()
            while self.frames:
                frame = self.frames.popleft()
                self.size -= len(frame.text)
                await self.consumer.base_send({"type": "websocket.send", "text": frame.text})


class Allowance:
    """How many frames a tab may send: a steady rate, and some at once."""

    def __init__(self, per_second: int, at_once: int) -> None:
        self.per_second = per_second
        self.most = self.left = float(at_once)
        self.since = time.monotonic()

    def spend(self) -> bool:
        now = time.monotonic()
        self.left = min(self.most, self.left + (now - self.since) * self.per_second) - 1
        self.since = now
        return self.left >= 0


class RoomSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One tab of one person in one room."""

    # No channel layer per tab: one listener per process is enough, and far cheaper.
    channel_layer_alias = "none"

    admission: Admission
    room: Room | None = None
    outbox: Outbox | None = None
    write: Callable[[bytes], None] | None = None
    is_closing = False

    async def connect(self) -> None:
        if not doors.is_our_page(self.scope):
            await self.close()
            return
        await self.accept()
        self.hub: Hub = hub()
        self.write = (self.scope.get("extensions") or {}).get(PUT)
        if self.write is None:
            self.outbox = Outbox(self)
        self.allowance = Allowance(settings.CONFIG.limit_frames, settings.CONFIG.limit_frames * 3)
        self.mistakes: deque[float] = deque(maxlen=MISTAKES_A_MINUTE)
        self.tasks: set[asyncio.Task[None]] = set()
        session_id = int(self.scope["url_route"]["kwargs"]["session_id"])
        try:
            self.admission = await self.hub.ask(
                doors.admit, doors.session_key(self.scope), session_id
            )
            self.room = self.hub.enter(self)
        except Shut as shut:
            self.send_away(shut.code)
        except (DatabaseError, InterfaceError) as fault:
            log.warning("Nobody can be let in, the database is away: %s", fault)
            self.send_away(SERVICE_RESTART)

    async def disconnect(self, code: int) -> None:
        self.is_closing = True
        if self.room is not None:
            self.hub.leave(self, self.room)
            self.room = None
        if self.outbox is not None:
            self.outbox.task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_closing or self.room is None:
            return
        if not self.allowance.spend():
            self.send_away(TOO_MANY)
            return
        try:
            await self.obey(protocol.parse(text_data), self.room)
        except Refused as refused:
            self.put(protocol.refused(refused))
            if refused.code == "bad_request":
                self.count_mistake()

    async def obey(self, frame: protocol.Frame, room: Room) -> None:
        match frame:
            case Hello(after):
                await room.welcome(self, after)
            case Say(id, body, reply_to):
                attempt = Attempt(self.admission.person_id, UUID(id), body, reply_to)
                answered = partial(self.answer, id)
                self.hub.writer.submit(room.facts.session_id, attempt, answered)
            case ChooseMode(mode, named, ref):
                await self.choose(room, mode, named, ref)
            case Ping(t):
                now = protocol.instant(self.hub.clock.now())
                self.put(protocol.encode("pong", t=t, now=now))
            case Typing():
                pass

    async def choose(self, room: Room, mode: str, named: bool, ref: str | None) -> None:
        try:
            await room.choose(self.admission.person_id, mode, named=named)
        except (DatabaseError, InterfaceError):
            raise Refused("unavailable", retry_after=2, ref=ref) from None
        if ref is not None:
            self.put(protocol.encode("ack", ref=ref, rev=room.rev))

    def answer(self, ref: str, answer: Answer) -> None:
        match answer:
            case SignedOut():
                self.send_away(SIGNED_OUT)
            case Refused():
                answer.ref = ref
                self.put(protocol.refused(answer))
            case taken:
                self.put(protocol.ack(ref, taken.seq, taken.rev))
                if self.room is not None:
                    self.do(self.became_talking(self.room))

    async def became_talking(self, room: Room) -> None:
        try:
            await room.spoke(self.admission.person_id)
        except (DatabaseError, InterfaceError) as fault:
            log.warning("That somebody talks can't be kept: %s", fault)

    def count_mistake(self) -> None:
        now = time.monotonic()
        self.mistakes.append(now)
        if len(self.mistakes) == MISTAKES_A_MINUTE and now - self.mistakes[0] < 60:
            self.send_away(TOO_MANY)

    # The room's Connection

    def put(self, frame: Frame | str) -> None:
        if self.is_closing:
            return
        if isinstance(frame, str):
            frame = Frame(frame)
        if self.write is not None:
            self.write(frame.message)
        elif self.outbox is not None:
            self.outbox.put(frame)

    def send_away(self, code: int) -> None:
        if not self.is_closing:
            self.is_closing = True
            self.do(self.say_goodbye(code))

    async def say_goodbye(self, code: int) -> None:
        # What was put before, such as the refusal that explains the close, goes first.
        if self.outbox is not None:
            self.outbox.task.cancel()
            while self.outbox.frames:
                frame = self.outbox.frames.popleft()
                await self.base_send({"type": "websocket.send", "text": frame.text})
        await self.close(code)

    def do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class NoSuchRoom(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other address."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        if not doors.is_our_page(self.scope):
            await self.close()
            return
        await self.accept()
        await self.close(doors.NO_SUCH_SESSION)
