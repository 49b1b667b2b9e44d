"""That nobody comes in, and nobody stays, by a sign-in that has ended.

The database is asked about many at once: what arrives while one question is under way goes into the
next. So a ticket may be checked at the handshake though a thousand people come together.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from chat.law.sign_ins import SignIn
from chat.ledger.reach import log_fault
from chat.ledger.standing import ended_sign_ins
from chat.room.loops import keep
from chat.wire.close_codes import SIGNED_OUT
from curation.clock import database_now

if TYPE_CHECKING:
    from chat.room.connection import Connection
    from chat.room.hub import Hub

log = logging.getLogger(__name__)

CHECK_EVERY = 3.0


class SignInChecks:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.arrived: dict[SignIn, asyncio.Future[bool]] = {}
        self.asking: asyncio.Task[None] | None = None
        self.doubted: set[int] = set()
        self.something = asyncio.Event()
        self.due = time.monotonic() + CHECK_EVERY
        self.task = asyncio.create_task(keep(self.check_who_is_due))

    def stop(self) -> None:
        self.task.cancel()
        if self.asking is not None:
            self.asking.cancel()

    # Who comes

    async def holds(self, sign_in: SignIn) -> bool:
        """Does it hold now? Raises database faults."""
        answer = self.arrived.get(sign_in)
        if answer is None:
            answer = self.arrived[sign_in] = self.hub.loop.create_future()
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self.ask_for_all())
        # Others may wait for the same answer, whoever of them gives up.
        return await asyncio.shield(answer)

    async def ask_for_all(self) -> None:
        while self.arrived:
            batch, self.arrived = self.arrived, {}
            try:
                gone = await self.hub.ask(ended, batch)
            except BaseException as fault:
                for answer in batch.values():
                    answer.set_exception(fault) if isinstance(fault, Exception) else answer.cancel()
                if not isinstance(fault, Exception):
                    raise
            else:
                for sign_in, answer in batch.items():
                    answer.set_result(sign_in not in gone)

    # Who is here

    def doubt(self, person_id: int) -> None:
        """Check that person's connections at once: something may have ended their sign-ins."""
        self.doubted.add(person_id)
        self.something.set()

    async def check_who_is_due(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.something.wait(), max(0, self.due - time.monotonic()))
        self.something.clear()
        people: set[int] | None
        people, self.doubted = self.doubted, set()
        if time.monotonic() >= self.due:
            people, self.due = None, time.monotonic() + CHECK_EVERY
        await self.check(people)

    async def check(self, people: set[int] | None = None) -> None:
        """Send away those of these people, or of all, whose sign-in has ended."""
        here: dict[Connection, SignIn] = {}
        for room in self.hub.rooms.values():
            for connection in room.audience.connections:
                sign_in = connection.admission.sign_in
                if sign_in and (people is None or sign_in.person_id in people):
                    here[connection] = sign_in
        if not here:
            return
        try:
            gone = await self.hub.ask(ended, set(here.values()))
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "Sign-ins can't be checked", fault)
            return
        for connection, sign_in in here.items():
            if sign_in in gone:
                connection.send_away(SIGNED_OUT)


def ended(sign_ins: Collection[SignIn]) -> set[SignIn]:
    return ended_sign_ins(sign_ins, database_now())
