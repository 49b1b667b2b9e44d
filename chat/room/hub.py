"""One per process: its rooms, and what they share: writer, reader, clock, wake-ups."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from chat.ledger.availability import DatabaseAvailability, log_fault
from chat.ledger.committed import Committed
from chat.ledger.writer import Writer
from chat.room.connection import Connection
from chat.room.database_clock import MEASURE_AGAIN_AFTER, MEASURE_EVERY, DatabaseClock
from chat.room.gc import GarbageCollector
from chat.room.loops import repeat_forever
from chat.room.reader import Reader, SessionFacts
from chat.room.room import Room
from chat.room.sign_in_checks import SignInChecks
from chat.room.wakeups import Wakeups
from chat.wire.close_codes import SERVICE_RESTART, TOO_MANY, NotAdmitted

log = logging.getLogger(__name__)

# Seconds.
COLLECT_EVERY = 2.0
CHECK_DATABASE_EVERY = 0.5
KEEP_EMPTY_ROOM = 10.0
LONGEST_GOODBYE = 3.0
LONGEST_CLOSING = 1.0
GOODBYES_A_SECOND = 200
BEFORE_A_TURN = timedelta(seconds=5)


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.process = uuid4()
        self.clock = DatabaseClock()
        self.availability = DatabaseAvailability()
        self.reader = Reader(self.availability.reading)
        self.rooms: dict[int, Room] = {}
        self.tabs: Counter[int] = Counter()
        self.most_tabs = settings.CONFIG.limit_sockets
        self.writer = Writer(self.loop, self.on_commit, self.availability.storing)
        self.sign_ins = SignInChecks(self.reader, self.connections)
        self.wakeups = Wakeups(self.on_revision, self.on_typing, self.sign_ins.recheck)
        self.is_stopping = False
        self.garbage = GarbageCollector()
        self.tasks: list[asyncio.Task[None]] = []
        for turn in (self.collect_garbage, self.measure_clock, self.check_database):
            self.start_loop(turn)

    def start_loop(self, turn: Callable[[], Awaitable[None]]) -> None:
        """Repeat this for as long as the hub runs."""
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(asyncio.create_task(repeat_forever(turn)))

    # Coming and going

    def enter(self, connection: Connection) -> Room:
        """Put a connection into the room of its session; return the room. Raises NotAdmitted."""
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
            room = self.open_room(admission.facts)
        elif room.roster.is_full(admission.person_id, settings.CONFIG.limit_people):
            raise NotAdmitted(
                TOO_MANY, "This room is full. You can read the transcript afterwards."
            )
        self.tabs[admission.person_id] += 1
        self.garbage.arrivals += 1
        room.enter(connection)
        return room

    def open_room(self, facts: SessionFacts) -> Room:
        room = self.rooms[facts.session_id] = Room(
            facts,
            clock=self.clock,
            reader=self.reader,
            availability=self.availability,
            process=self.process,
        )
        return room

    def leave(self, connection: Connection, room: Room) -> None:
        room.leave(connection)
        self.garbage.departures += 1
        person = connection.admission.person_id
        self.tabs[person] -= 1
        if not self.tabs[person]:
            del self.tabs[person]
        if not room.audience.connections:
            self.loop.call_later(KEEP_EMPTY_ROOM, self.close_if_empty, room)

    def close_if_empty(self, room: Room) -> None:
        if self.is_stopping:  # all rooms are being closed
            return
        if not room.audience.connections and self.rooms.get(room.facts.session_id) is room:
            del self.rooms[room.facts.session_id]
            self.tasks.append(asyncio.create_task(room.close()))
            self.tasks = [task for task in self.tasks if not task.done()]

    def connections(self) -> Iterator[Connection]:
        """All connections of this process."""
        for room in self.rooms.values():
            yield from room.audience.connections

    # What happens in this process and in others

    def on_commit(self, session_id: int, revision: int, committed: Committed | None) -> None:
        """The writer stored something: our room is given it, other processes are woken."""
        room = self.rooms.get(session_id)
        if room is None or committed is None or not room.add_committed(committed):
            self.on_revision(session_id, revision)
        self.wakeups.send_revision(session_id, revision)

    def on_revision(self, session_id: int, revision: int) -> None:
        room = self.rooms.get(session_id)
        if room is not None and revision > room.rev:
            room.wake()

    def on_typing(self, session_id: int, person_id: int) -> None:
        room = self.rooms.get(session_id)
        if room is not None:
            room.roster.start_typing(person_id)

    def on_sign_ins_changed(self, person_id: int) -> None:
        """Somebody's sign-ins may have ended: check at once, here and in the other processes."""
        self.sign_ins.recheck(person_id)
        self.wakeups.send_recheck(person_id)

    # The hub's own loops

    async def collect_garbage(self) -> None:
        await asyncio.sleep(COLLECT_EVERY)
        soon = self.clock.now() + BEFORE_A_TURN
        phases = [room.phase for room in self.rooms.values() if room.audience.live]
        self.garbage.collect_if_due(
            is_quiet=all(
                phase.topic is None and (phase.ends_at is None or phase.ends_at > soon)
                for phase in phases
            )
        )

    async def measure_clock(self) -> None:
        try:
            await self.reader.run(self.clock.measure)
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "The database's clock can't be read", fault)
            await asyncio.sleep(MEASURE_AGAIN_AFTER)
        else:
            await asyncio.sleep(MEASURE_EVERY if self.clock.is_sure else MEASURE_AGAIN_AFTER)

    async def check_database(self) -> None:
        """Say in the log and in the rooms when this process is cut off from its database."""
        await asyncio.sleep(CHECK_DATABASE_EVERY)
        if sentence := self.availability.check():
            log.warning(sentence)
            for room in self.rooms.values():
                room.announce_availability()

    async def stop(self) -> None:
        """Commit what waits, and send all connections away, spread over some seconds."""
        self.is_stopping = True
        await self.writer.finish()
        connections = list(self.connections())
        pause = min(LONGEST_GOODBYE / max(1, len(connections)), 1 / GOODBYES_A_SECOND)
        for connection in connections:
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
    """This process's hub, made at the first call. A test with a loop of its own has its own hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def started_hub() -> Hub | None:
    return next(iter(_hubs.values()), None)


def sign_ins_changed(person_id: int) -> None:
    """Call `Hub.on_sign_ins_changed`, from any thread."""
    for ours in list(_hubs.values()):
        if not ours.loop.is_closed():
            ours.loop.call_soon_threadsafe(ours.on_sign_ins_changed, person_id)
