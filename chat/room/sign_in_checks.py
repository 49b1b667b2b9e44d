"""That nobody enters a room, and nobody stays in one, by a sign-in that has ended.

The database is asked about many sign-ins at once: those that arrive while one question is under way
go into the next. So a ticket's sign-in can be checked even when a thousand people come together.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Iterable

from django.db import DatabaseError, InterfaceError

from chat.law.sign_ins import SignIn
from chat.ledger.availability import log_fault
from chat.ledger.standing import ended_sign_ins
from chat.room.connection import Connection
from chat.room.loops import repeat_forever
from chat.room.reader import Reader
from chat.wire.close_codes import SIGNED_OUT
from curation.clock import database_now

log = logging.getLogger(__name__)

CHECK_EVERY = 3.0  # seconds


class SignInChecks:
    """`connections` returns all connections of the process."""

    def __init__(self, reader: Reader, connections: Callable[[], Iterable[Connection]]) -> None:
        self.reader = reader
        self.connections = connections
        self.arrived: dict[SignIn, asyncio.Future[bool]] = {}
        self.asking: asyncio.Task[None] | None = None
        self.people_to_recheck: set[int] = set()
        self.woken = asyncio.Event()
        self.due = time.monotonic() + CHECK_EVERY
        self.task = asyncio.create_task(repeat_forever(self.run_next_check))

    def stop(self) -> None:
        self.task.cancel()
        if self.asking is not None:
            self.asking.cancel()

    # At the handshake

    async def holds(self, sign_in: SignIn) -> bool:
        """Does it hold now? Raises database faults."""
        answer = self.arrived.get(sign_in)
        if answer is None:
            answer = self.arrived[sign_in] = asyncio.get_running_loop().create_future()
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self.ask_about_arrived())
        # Others may wait for the same answer, so one that gives up must not cancel it.
        return await asyncio.shield(answer)

    async def ask_about_arrived(self) -> None:
        while self.arrived:
            batch, self.arrived = self.arrived, {}
            try:
                gone = await self.reader.run(ended, batch)
            except BaseException as fault:
                for answer in batch.values():
                    answer.set_exception(fault) if isinstance(fault, Exception) else answer.cancel()
                if not isinstance(fault, Exception):
                    raise
            else:
                for sign_in, answer in batch.items():
                    answer.set_result(sign_in not in gone)

    # While connected

    def recheck(self, person_id: int) -> None:
        """Check that person's connections at once: something may have ended their sign-ins."""
        self.people_to_recheck.add(person_id)
        self.woken.set()

    async def run_next_check(self) -> None:
        """Wait for the regular check of everyone, or for people to recheck before."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), max(0, self.due - time.monotonic()))
        self.woken.clear()
        people: set[int] | None
        people, self.people_to_recheck = self.people_to_recheck, set()
        if time.monotonic() >= self.due:
            people, self.due = None, time.monotonic() + CHECK_EVERY
        await self.check(people)

    async def check(self, people: set[int] | None = None) -> None:
        """Send away each connection of these people, or of all, whose sign-in has ended."""
        sign_ins: dict[Connection, SignIn] = {}
        for connection in self.connections():
            sign_in = connection.admission.sign_in
            if sign_in and (people is None or sign_in.person_id in people):
                sign_ins[connection] = sign_in
        if not sign_ins:
            return
        try:
            gone = await self.reader.run(ended, set(sign_ins.values()))
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "Sign-ins can't be checked", fault)
            return
        for connection, sign_in in sign_ins.items():
            if sign_in in gone:
                connection.send_away(SIGNED_OUT)


def ended(sign_ins: Collection[SignIn]) -> set[SignIn]:
    """Which of these hold no longer, by the database."""
    return ended_sign_ins(sign_ins, database_now())
