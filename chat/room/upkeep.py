"""A room's two loops: one goes by the clock and needs no database, the other reads what is new."""

import asyncio
import logging
import time
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from chat.hosting import Hosting
from chat.ledger.availability import DatabaseAvailability, log_fault
from chat.room import presence, reader
from chat.room.feed import Feed
from chat.room.loops import repeat_forever
from chat.room.per_person import PerPerson
from chat.room.reader import Reader
from chat.room.state import RoomState
from chat.wire import protocol
from chat.wire.close_codes import NO_SUCH_SESSION

log = logging.getLogger(__name__)

# Seconds.
LOOK_EVERY = 1.0
AGAIN_AFTER = 0.3
PULSE_EVERY = 5.0
LEASE_EVERY = 5.0
LEASE_AT_MOST_EVERY = 2.0
A_MOMENT = timedelta(milliseconds=1)


class Upkeep:
    def __init__(
        self,
        state: RoomState,
        per_person: PerPerson,
        feed: Feed,
        *,
        reader: Reader,
        availability: DatabaseAvailability,
        process: UUID,
    ) -> None:
        self.state = state
        self.per_person = per_person
        self.feed = feed
        self.reader = reader
        self.availability = availability
        self.process = process
        self.phase = state.current_phase()
        self.woken = asyncio.Event()
        self.lease_renewed = -LEASE_EVERY
        self.pulse_due = time.monotonic() + PULSE_EVERY
        self.tasks = [
            asyncio.create_task(repeat_forever(self.follow_clock)),
            asyncio.create_task(self.follow_database()),
        ]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        session_id = self.state.facts.session_id
        try:
            await self.reader.run(presence.renew_lease, session_id, self.process, {})
        except (DatabaseError, InterfaceError):
            log.info("The lease of session %s stays until it expires", session_id)

    # By the clock

    async def follow_clock(self) -> None:
        """Turn the phase at its very instant; announce presence once a second; send the pulse."""
        await asyncio.sleep(self.seconds_to_next_look())
        state = self.state
        now = state.clock.now()
        phase = state.current_phase()
        if phase != self.phase:
            self.phase = phase
            state.update_hosts()
            state.audience.broadcast_text(protocol.encode("clock", **protocol.clock(phase, now)))
        changes = state.roster.announce_changes()
        if changes is not None:
            state.audience.broadcast_text(protocol.encode("presence", **changes))
        self.per_person.send_changed_you()
        if time.monotonic() >= self.pulse_due:
            self.pulse_due = time.monotonic() + PULSE_EVERY
            state.audience.broadcast_text(self.pulse(), is_news=False)

    def seconds_to_next_look(self) -> float:
        """One second, or less when the phase ends before."""
        if self.phase.ends_at is None:
            return LOOK_EVERY
        left = (self.phase.ends_at - self.state.clock.now() + A_MOMENT).total_seconds()
        return max(0.001, min(LOOK_EVERY, left))

    def pulse(self) -> str:
        now = protocol.instant(self.state.clock.now())
        return protocol.encode("pulse", rev=self.state.rev, now=now, **self.cut_off())

    def cut_off(self) -> dict[str, bool]:
        """What a pulse and a welcome say of the database: nothing while it can be used."""
        return {"cut_off": True} if self.availability.is_cut_off else {}

    # By the database

    async def follow_database(self) -> None:
        """Read news when woken, and once a second in case a wake-up was lost."""
        look_due = 0.0
        while True:
            # By a timer of the loop: a time-out would make a task for each post that comes.
            alarm = asyncio.get_running_loop().call_later(LOOK_EVERY, self.woken.set)
            await self.woken.wait()
            alarm.cancel()
            self.woken.clear()
            session_id = self.state.facts.session_id
            try:
                await self.feed.read_news()
                if time.monotonic() >= look_due:
                    look_due = time.monotonic() + LOOK_EVERY
                    await self.look_at_session()
            except (DatabaseError, InterfaceError) as fault:
                log_fault(log, f"The room of session {session_id} can't read", fault)
                await asyncio.sleep(AGAIN_AFTER)
            except Exception:
                log.exception("The room of session %s stumbled", session_id)
                await asyncio.sleep(LOOK_EVERY)

    async def look_at_session(self) -> None:
        """Read who is in other processes and what of the session changed; renew our lease."""
        state, roster = self.state, self.state.roster
        session_id = state.facts.session_id
        live = await self.reader.run(reader.read_live_facts, session_id, self.process)
        roster.elsewhere = live.elsewhere
        unknown = roster.unknown_people()
        if unknown:
            roster.people |= await self.reader.run(reader.read_people, unknown, state.curator_id)
        if (live.edition, live.status) != (state.facts.edition, state.facts.status):
            await self.reload_facts()
        self.set_hosting(live.hosting)
        age = time.monotonic() - self.lease_renewed
        if age >= LEASE_EVERY or (roster.is_lease_stale and age >= LEASE_AT_MOST_EVERY):
            self.lease_renewed, roster.is_lease_stale = time.monotonic(), False
            crowd = dict(roster.here)
            await self.reader.run(presence.renew_lease, session_id, self.process, crowd)

    async def reload_facts(self) -> None:
        """The session was moved or called off, or one of its articles was hidden."""
        state = self.state
        facts = await self.reader.run(reader.read_facts, state.facts.session_id)
        if facts is None:
            for connection in list(state.audience.connections):
                connection.send_away(NO_SUCH_SESSION)
            return
        before = state.facts
        state.set_facts(facts)
        if facts.topics != before.topics:
            state.audience.broadcast_text(protocol.encode("agenda", topics=facts.topics))

    def set_hosting(self, hosting: Hosting) -> None:
        """Take over who hosts and who is silenced, and tell those for whom it changed."""
        if hosting != self.state.hosting:
            self.state.set_hosting(hosting)
            self.per_person.send_changed_you()
            self.state.audience.release_held_requests()
