"""One session's room in this process: what everyone here sees, in order, without holes.

The database is the truth; the room holds its posts by revision, encoded once, and a connection
joins the live set in the same step in which it is given what it missed. What is kept is in
`chat.room.history` and `chat.room.roster`, what differs from person to person in
`chat.room.per_person`; here is what the room does with it, and when.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from chat import attendance
from chat.hosting import Hosting
from chat.law import roles
from chat.law.clock import Phase, phase_at
from chat.law.sign_ins import SignIn
from chat.ledger.committed import Committed
from chat.ledger.reach import log_fault
from chat.room import reader
from chat.room.audience import Audience
from chat.room.connection import Admission, Connection
from chat.room.history import History
from chat.room.loops import keep
from chat.room.per_person import PerPerson
from chat.room.post_frames import Shown, frames_of, posts_after, show_new
from chat.room.reader import Facts
from chat.room.roster import Roster
from chat.wire import protocol
from chat.wire.close_codes import NO_SUCH_SESSION

if TYPE_CHECKING:
    from chat.room.hub import Hub

log = logging.getLogger(__name__)

GLANCE_EVERY = 1.0
AGAIN_AFTER = 0.3
PULSE_EVERY = 5.0
LEASE_EVERY = 5.0
LEASE_AT_MOST_EVERY = 2.0
A_MOMENT = timedelta(milliseconds=1)


class Room:
    def __init__(self, hub: Hub, facts: Facts) -> None:
        self.hub = hub
        self.facts = facts
        self.hosting = facts.hosting
        self.history = History()
        self.roster = Roster()
        self.roster.hosts = self.hosts
        self.is_loaded = False
        self.audience = Audience()
        self.phase = self.phase_now()
        self.per_person = PerPerson(self)
        self.woken = asyncio.Event()
        self.reading = asyncio.Lock()
        self.lease_renewed = -LEASE_EVERY
        self.pulse_due = time.monotonic() + PULSE_EVERY
        self.tasks = [
            asyncio.create_task(keep(self.tell_the_time)),
            asyncio.create_task(self.keep_up()),
        ]

    @property
    def rev(self) -> int:
        return self.history.rev

    @property
    def hosts(self) -> frozenset[int]:
        is_over = self.phase_now().name == "closed"
        crew, chairs = self.hosting.crew, self.hosting.chairs
        return roles.hosts(crew, self.facts.curator_id, chairs, is_over=is_over)

    @property
    def curator(self) -> int | None:
        """Marked as the host on their posts; nobody who lost the role is."""
        curator = self.facts.curator_id
        return curator if curator in self.hosting.crew else None

    # Coming and going

    def enter(self, connection: Connection) -> None:
        admission = connection.admission
        self.audience.enter(connection)
        self.roster.enter(admission.person_id, admission.person, admission.here)

    def leave(self, connection: Connection) -> None:
        if self.audience.leave(connection):
            self.roster.leave(connection.admission.person_id)

    async def be_current(self, after: int) -> bool:
        """Read what is there, if nothing was read yet; False if it can't be read."""
        if not self.is_loaded or after > self.rev:
            try:
                await self.read_news(enough_at=after)
            except (DatabaseError, InterfaceError) as fault:
                log_fault(log, "A welcome can't be complete", fault)
        return self.is_loaded

    def join(self, connection: Connection, after: int) -> None:
        """Give a connection all that it missed since a revision, and let it live on from there."""
        # Nothing in here waits, so no change can fall between what was missed and what comes.
        welcome, rest, rev = self.welcome(connection.admission, after)
        connection.put(welcome, is_history=True)
        for part in rest:
            posts = protocol.posts(rev, part[-1].rev, (shown.encoded for shown in part))
            connection.put(posts, is_history=True)
            rev = part[-1].rev
            self.per_person.tell_own(
                ((post, post.concerns(None)) for post in part), only=connection
            )
        self.audience.join(connection)
        self.per_person.told(connection.admission)

    def welcome_size(self, after: int) -> int:
        """About how many posts and people a `welcome` after that revision tells of."""
        return self.rev - (after if after <= self.rev else 0) + len(self.roster.told)

    def welcome(
        self, admission: Admission, after: int, **more: str
    ) -> tuple[str, list[Sequence[Shown]], int]:
        """The `welcome` after that revision, the posts that it had no room for, its revision."""
        if after > self.rev:
            after = 0
        first, *rest = frames_of(self.history.after(after), admission.person_id)
        rev = first[-1].rev if rest else self.rev
        now = self.hub.clock.now()
        person = admission.person_id
        text = protocol.welcome(
            (shown.for_person(person) for shown in first),
            now=protocol.instant(now),
            session=self.facts.session,
            topics=self.facts.topics,
            clock=protocol.clock(self.phase_now(), now),
            you=self.per_person.you(admission),
            after=after,
            rev=rev,
            presence=self.roster.whole(person),
            **more,
            **self.reach(),
        )
        return text, rest, rev

    async def choose(
        self, person: int, mode: str, *, named: bool, sign_in: SignIn | None = None
    ) -> None:
        """Somebody chose to talk or to just read; it holds for all of their tabs.

        Raises Refused, SignedOut and database faults.
        """
        session = self.facts.session_id
        # Stored before it is shown: somebody who leaves at once finds their choice on return.
        here = await self.hub.ask(
            attendance.choose, session, person, mode, named=named, sign_in=sign_in
        )
        self.roster.choose(person, here)

    async def spoke(self, person: int, seq: int) -> None:
        here = await self.hub.ask(attendance.spoke, self.facts.session_id, person, seq)
        self.roster.choose(person, here)

    # What is new

    async def read_news(self, enough_at: int | None = None) -> None:
        """Read what is newer than this room's revision and hand it on. Raises database faults.

        Who waits behind another reader and needs no more than a revision may have it by then.
        """
        async with self.reading:
            if self.is_loaded and enough_at is not None and enough_at <= self.rev:
                return
            while True:
                shown = await self.hub.ask(
                    posts_after, self.facts.session_id, self.rev, self.curator
                )
                # Meanwhile this process may have stored and learnt of some of them.
                unknown = [post for post in shown if post.rev > self.rev]
                if unknown:
                    self.take_in(unknown)
                if len(shown) < protocol.POSTS_A_FRAME:
                    self.is_loaded = True
                    return

    def learn(self, news: Committed) -> bool:
        """Take in what this process has just stored; False if anything before it is missing.

        It is what reading would give, without the way to the database and back.
        """
        if not self.is_loaded or news.since != self.rev:
            return False
        self.take_in(show_new(news.posts, self.curator))
        return True

    def take_in(self, shown: Sequence[Shown]) -> None:
        for part in frames_of(shown):
            since = self.rev
            before = self.history.take_in(part)
            self.roster.typed([post.author_id for post in part])
            self.audience.broadcast(
                protocol.posts(since, self.rev, (post.encoded for post in part))
            )
            pairs = zip(part, before, strict=True)
            self.per_person.tell_own((post, post.concerns(old)) for post, old in pairs)

    # The two loops: time needs no database, news does

    def phase_now(self) -> Phase:
        return phase_at(self.facts.starts_at, self.hub.clock.now(), cancelled=self.facts.cancelled)

    async def tell_the_time(self) -> None:
        """Turn the phase at its very instant; pulse; tell who came and went, once a second."""
        await asyncio.sleep(self.until_something())
        now = self.hub.clock.now()
        phase = self.phase_now()
        if phase != self.phase:
            self.phase = phase
            self.roster.hosts = self.hosts
            self.audience.broadcast(protocol.encode("clock", **protocol.clock(phase, now)))
        news = self.roster.news()
        if news is not None:
            self.audience.broadcast(protocol.encode("presence", **news))
        self.per_person.tell_you()
        if time.monotonic() >= self.pulse_due:
            self.pulse_due = time.monotonic() + PULSE_EVERY
            self.audience.broadcast(self.pulse(), is_news=False)

    def pulse(self) -> str:
        now = protocol.instant(self.hub.clock.now())
        return protocol.encode("pulse", rev=self.rev, now=now, **self.reach())

    def reach(self) -> dict[str, bool]:
        """What a pulse and a welcome say of the database: nothing while it can be used."""
        return {"cut_off": True} if self.hub.reach.is_cut_off else {}

    def tell_reach(self) -> None:
        """It has changed; requests that are held hear it, too."""
        self.audience.broadcast(self.pulse())

    def until_something(self) -> float:
        """Seconds to the next look: one, or less when a phase ends before."""
        if self.phase.ends_at is None:
            return GLANCE_EVERY
        left = (self.phase.ends_at - self.hub.clock.now() + A_MOMENT).total_seconds()
        return max(0.001, min(GLANCE_EVERY, left))

    async def keep_up(self) -> None:
        """Read news when woken, and once a second besides, whatever was lost."""
        glance_due = 0.0
        while True:
            # By a timer of the loop: a time-out makes a task for each post that comes.
            alarm = self.hub.loop.call_later(GLANCE_EVERY, self.woken.set)
            await self.woken.wait()
            alarm.cancel()
            self.woken.clear()
            try:
                await self.read_news()
                if time.monotonic() >= glance_due:
                    glance_due = time.monotonic() + GLANCE_EVERY
                    await self.glance()
            except (DatabaseError, InterfaceError) as fault:
                log_fault(log, f"The room of session {self.facts.session_id} can't read", fault)
                await asyncio.sleep(AGAIN_AFTER)
            except Exception:
                log.exception("The room of session %s stumbled", self.facts.session_id)
                await asyncio.sleep(GLANCE_EVERY)

    async def glance(self) -> None:
        """Who is here in other processes, whether the session itself changed, our own lease."""
        session_id, roster = self.facts.session_id, self.roster
        seen = await self.hub.ask(reader.look, session_id, self.hub.process)
        roster.elsewhere = seen.elsewhere
        strangers = roster.strangers()
        if strangers:
            roster.who |= await self.hub.ask(reader.people, strangers, self.curator)
        if (seen.edition, seen.status) != (self.facts.edition, self.facts.status):
            await self.learn_anew()
        self.learn_hosting(seen.hosting)
        age = time.monotonic() - self.lease_renewed
        if age >= LEASE_EVERY or (roster.is_lease_stale and age >= LEASE_AT_MOST_EVERY):
            self.lease_renewed, roster.is_lease_stale = time.monotonic(), False
            await self.hub.ask(reader.renew_lease, session_id, self.hub.process, dict(roster.here))

    def learn_hosting(self, hosting: Hosting) -> None:
        if hosting != self.hosting:
            self.hosting = hosting
            self.roster.hosts = self.hosts
            self.per_person.tell_you()
            self.audience.tell_who_waits()

    async def learn_anew(self) -> None:
        """The session was moved or called off, or one of its articles was hidden."""
        facts = await self.hub.ask(reader.facts, self.facts.session_id)
        if facts is None:
            for connection in list(self.audience.connections):
                connection.send_away(NO_SUCH_SESSION)
            return
        before, self.facts = self.facts, facts
        self.roster.hosts = self.hosts
        if facts.topics != before.topics:
            self.audience.broadcast(protocol.encode("agenda", topics=facts.topics))

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.audience.tell_who_waits()
        try:
            await self.hub.ask(reader.renew_lease, self.facts.session_id, self.hub.process, {})
        except (DatabaseError, InterfaceError):
            log.info("The lease of session %s runs out by itself", self.facts.session_id)
