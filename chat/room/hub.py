"""One per process: its rooms, its writer, its tail, its clock, and its ear for other processes."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat.edges import admission
from chat.edges.rate_limit import PersonLimits
from chat.ledger.committed import Committed
from chat.ledger.reach import Reach, log_fault
from chat.ledger.writer import Writer
from chat.room.connection import Admission, Connection
from chat.room.database_clock import MEASURE_AGAIN_AFTER, MEASURE_EVERY, DatabaseClock
from chat.room.gc import GarbageCollector
from chat.room.loops import keep
from chat.room.reader import Facts, Reader
from chat.room.room import Room
from chat.room.sign_in_checks import SignInChecks
from chat.room.wakeups import Wakeups
from chat.wire.close_codes import SERVICE_RESTART, TOO_MANY, NotAdmitted

if TYPE_CHECKING:
    from chat.edges.polling_client import PollingClient

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TIDY_EVERY = 2.0
WATCH_EVERY = 0.5
BEFORE_A_TURN = timedelta(seconds=5)
LINGER = 10.0
ADMITTED_AT_ONCE = 4
LONGEST_GOODBYE = 3.0
LONGEST_CLOSING = 1.0
GOODBYES_A_SECOND = 200


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.process = uuid4()
        self.clock = DatabaseClock()
        self.reach = Reach()
        self.reader = Reader(self.reach.reading)
        self.rooms: dict[int, Room] = {}
        self.tabs: Counter[int] = Counter()
        self.polling_clients: dict[tuple[int, str], PollingClient] = {}
        self.at_the_door = asyncio.Semaphore(ADMITTED_AT_ONCE)
        self.limits: dict[int, PersonLimits] = {}
        self.most_tabs = settings.CONFIG.limit_sockets
        self.writer = Writer(self.loop, self.committed, self.reach.storing)
        self.sign_ins = SignInChecks(self)
        self.wakeups = Wakeups(self.heard, self.types, self.sign_ins.doubt)
        self.is_stopping = False
        self.sweeper = GarbageCollector()
        self.tasks = [
            asyncio.create_task(keep(self.tidy)),
            asyncio.create_task(keep(self.set_the_clock)),
            asyncio.create_task(keep(self.watch)),
        ]

    async def ask(self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the database in the tail's thread. Raises NotAdmitted once that thread has ended."""
        if self.reader.is_stopped:
            raise NotAdmitted(SERVICE_RESTART)
        call = functools.partial(self.reader.ask, question, *args, **kwargs)
        return await self.loop.run_in_executor(self.reader.thread, call)

    async def admit(self, key: str | None, session_id: int, facts: Facts | None) -> Admission:
        """As `admission.admit`; few at a time, so that many arrivals stop no room's reads."""
        async with self.at_the_door:
            return await self.ask(admission.admit, key, session_id, facts)

    def limits_of(self, person_id: int) -> PersonLimits:
        """They outlive a person's tabs, so that coming back gives nothing new."""
        if person_id not in self.limits:
            self.limits[person_id] = PersonLimits()
        return self.limits[person_id]

    def enter(self, connection: Connection) -> Room:
        """The room of a connection's session, with the connection in it. Raises NotAdmitted."""
        admission = connection.admission
        if self.is_stopping:
            raise NotAdmitted(SERVICE_RESTART)
        if self.tabs[admission.person_id] >= self.most_tabs:
            reason = (
                f"You already have {self.most_tabs} rooms or tabs open. Close one of them first."
            )
            raise NotAdmitted(TOO_MANY, reason)
        session_id = admission.facts.session_id
        room = self.rooms.get(session_id)
        if room is None:
            room = self.rooms[session_id] = Room(self, admission.facts)
        elif room.roster.is_full(admission.person_id, settings.CONFIG.limit_people):
            raise NotAdmitted(
                TOO_MANY, "This room is full. You can read the transcript afterwards."
            )
        self.tabs[admission.person_id] += 1
        self.sweeper.came += 1
        room.enter(connection)
        return room

    def leave(self, connection: Connection, room: Room) -> None:
        room.leave(connection)
        self.sweeper.went += 1
        person = connection.admission.person_id
        self.tabs[person] -= 1
        if not self.tabs[person]:
            del self.tabs[person]
        if not room.audience.connections:
            self.loop.call_later(LINGER, self.close_if_empty, room)

    def forget(self, polling_client: PollingClient) -> None:
        """Somebody without a socket was not heard of for a while, or was sent away."""
        sign_in = polling_client.admission.sign_in
        place = polling_client.room.facts.session_id, sign_in[0] if sign_in else ""
        if self.polling_clients.get(place) is polling_client:
            del self.polling_clients[place]
            self.leave(polling_client, polling_client.room)

    def close_if_empty(self, room: Room) -> None:
        if self.is_stopping:  # which closes all of them
            return
        if not room.audience.connections and self.rooms.get(room.facts.session_id) is room:
            del self.rooms[room.facts.session_id]
            self.tasks.append(asyncio.create_task(room.close()))
            self.tasks = [task for task in self.tasks if not task.done()]

    def committed(self, session_id: int, revision: int, news: Committed | None) -> None:
        """The writer stored something: our room at once, the others by a wake-up."""
        room = self.rooms.get(session_id)
        if room is None or news is None or not room.learn(news):
            self.heard(session_id, revision)
        self.wakeups.tell(session_id, revision)

    def heard(self, session_id: int, revision: int) -> None:
        room = self.rooms.get(session_id)
        if room is not None and revision > room.rev:
            room.woken.set()

    def types(self, session_id: int, person_id: int) -> None:
        room = self.rooms.get(session_id)
        if room is not None:
            room.roster.types(person_id)

    def sign_ins_changed(self, person_id: int) -> None:
        """Somebody's sign-ins may have ended: look at once, here and in the other processes."""
        self.sign_ins.doubt(person_id)
        self.wakeups.tell_doubt(person_id)

    async def tidy(self) -> None:
        await asyncio.sleep(TIDY_EVERY)
        for person, limits in list(self.limits.items()):
            if person not in self.tabs and limits.is_unused:
                del self.limits[person]
        soon = self.clock.now() + BEFORE_A_TURN
        phases = [room.phase for room in self.rooms.values() if room.audience.live]
        self.sweeper.look(
            is_quiet=all(
                phase.topic is None and (phase.ends_at is None or phase.ends_at > soon)
                for phase in phases
            )
        )

    async def set_the_clock(self) -> None:
        try:
            await self.ask(self.clock.measure)
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "The database's clock can't be read", fault)
            await asyncio.sleep(MEASURE_AGAIN_AFTER)
        else:
            await asyncio.sleep(MEASURE_EVERY if self.clock.is_sure else MEASURE_AGAIN_AFTER)

    async def watch(self) -> None:
        """Say when this process is cut off from its database: in the log, and in the rooms."""
        await asyncio.sleep(WATCH_EVERY)
        if sentence := self.reach.look():
            log.warning(sentence)
            for room in self.rooms.values():
                room.tell_reach()

    async def stop(self) -> None:
        """Commit what waits, send everybody to another process, spread over some seconds."""
        self.is_stopping = True
        await self.writer.finish()
        here = [one for room in self.rooms.values() for one in room.audience.connections]
        pause = min(LONGEST_GOODBYE / max(1, len(here)), 1 / GOODBYES_A_SECOND)
        for connection in here:
            connection.send_away(SERVICE_RESTART)
            await asyncio.sleep(pause)
        closing = [asyncio.create_task(room.close()) for room in self.rooms.values()]
        if closing:
            await asyncio.wait(closing, timeout=LONGEST_CLOSING)
        await self.wakeups.stop()
        self.sign_ins.stop()
        for task in self.tasks:
            task.cancel()
        self.reader.stop()
        await self.loop.run_in_executor(None, self.writer.stop, LONGEST_CLOSING)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """This process's hub, made by whoever needs it first. A test's new loop gets a new one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def started_hub() -> Hub | None:
    return next(iter(_hubs.values()), None)


def sign_ins_changed(person_id: int) -> None:
    """As `Hub.sign_ins_changed`, from any thread."""
    for ours in list(_hubs.values()):
        if not ours.loop.is_closed():
            ours.loop.call_soon_threadsafe(ours.sign_ins_changed, person_id)
