"""One session's room in this process: what everyone here sees, in order, without holes.

The database is the truth; the room holds its posts by revision, encoded once, and a connection
joins the live set in the same step in which it is given what it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.db import DatabaseError, InterfaceError

from chat import presence, protocol, tail
from chat.clock import Phase, phase_at
from chat.doors import NO_SUCH_SESSION, SERVICE_RESTART, Admission
from chat.frames import Frame
from chat.presence import Here, Person
from chat.tail import Facts, Shown

if TYPE_CHECKING:
    from chat.hub import Hub

log = logging.getLogger(__name__)

GLANCE_EVERY = 1.0
PULSE_EVERY = 5.0
LEASE_EVERY = 5.0
LEASE_AT_MOST_EVERY = 2.0
A_MOMENT = timedelta(milliseconds=1)


class Connection(Protocol):
    """One tab of one person."""

    admission: Admission

    def put(self, frame: Frame | str) -> None:
        """Queue a frame; never waits."""

    def send_away(self, code: int) -> None:
        """Close with that code, after what was put before."""


class Room:
    def __init__(self, hub: Hub, facts: Facts) -> None:
        self.hub = hub
        self.facts = facts
        self.rev = 0
        self.changes: dict[int, Shown] = {}
        self.rev_of: dict[int, int] = {}
        self.is_loaded = False
        self.connections: dict[Connection, None] = {}
        self.live: dict[Connection, None] = {}
        self.tabs: Counter[int] = Counter()
        self.here: dict[int, Here] = {}
        self.elsewhere: list[presence.Crowd] = []
        self.told: dict[int, Here] = {}
        self.who: dict[int, Person] = {}
        self.phase = self.phase_now()
        self.woken = asyncio.Event()
        self.reading = asyncio.Lock()
        self.lease_renewed = -LEASE_EVERY
        self.lease_stale = True
        self.tasks = [asyncio.create_task(self.keep_time()), asyncio.create_task(self.keep_up())]

    # Coming and going

    def enter(self, connection: Connection) -> None:
        admission = connection.admission
        self.connections[connection] = None
        self.tabs[admission.person_id] += 1
        self.who[admission.person_id] = admission.person
        already = self.here.get(admission.person_id)
        if already is None or admission.here.since > already.since:
            self.here[admission.person_id] = admission.here
            self.lease_stale = True

    def leave(self, connection: Connection) -> None:
        if connection not in self.connections:
            return
        del self.connections[connection]
        self.live.pop(connection, None)
        person = connection.admission.person_id
        self.tabs[person] -= 1
        if not self.tabs[person]:
            del self.tabs[person]
            del self.here[person]
            self.lease_stale = True

    async def welcome(self, connection: Connection, after: int) -> None:
        """Give a connection all that it missed since a revision, and let it live on from there."""
        if not self.is_loaded or after > self.rev:
            try:
                await self.read_news()
            except (DatabaseError, InterfaceError) as fault:
                log.warning("A welcome can't be complete, the database is away: %s", fault)
                if not self.is_loaded:
                    connection.send_away(SERVICE_RESTART)
                    return
        if connection not in self.connections:
            return
        if after > self.rev:
            after = 0
        # From here to the end nothing waits, so no change can fall between the two.
        missed = self.changed_after(after)
        first, rest = missed[: protocol.POSTS_A_FRAME], missed[protocol.POSTS_A_FRAME :]
        admission = connection.admission
        me = self.here[admission.person_id]
        rev = first[-1].rev if rest else self.rev
        now = self.hub.clock.now()
        connection.put(
            protocol.welcome(
                (
                    shown.for_author() if shown.author_id == admission.person_id else shown.encoded
                    for shown in first
                ),
                now=protocol.instant(now),
                session=self.facts.session,
                topics=self.facts.topics,
                clock=protocol.clock(self.phase_now(), now),
                you={
                    "id": admission.person_id,
                    "name": admission.person["name"],
                    "host": admission.person["host"],
                    "mode": me.mode,
                    "named": me.named,
                },
                after=after,
                rev=rev,
                presence=presence.whole(self.told | {admission.person_id: me}, self.who),
            )
        )
        while rest:
            part, rest = rest[: protocol.POSTS_A_FRAME], rest[protocol.POSTS_A_FRAME :]
            connection.put(protocol.posts(rev, part[-1].rev, (shown.encoded for shown in part)))
            rev = part[-1].rev
            self.tell_authors(part, only=connection)
        self.live[connection] = None

    def changed_after(self, revision: int) -> list[Shown]:
        missed: list[Shown] = []
        for rev in reversed(self.changes):
            if rev <= revision:
                break
            missed.append(self.changes[rev])
        missed.reverse()
        return missed

    async def choose(self, person: int, mode: str, *, named: bool) -> None:
        """Somebody chose to talk or to just read; it holds for all of their tabs."""
        at = self.hub.clock.now()
        here = Here(mode, named, protocol.instant(at))
        if person in self.here:
            self.here[person] = here
            self.lease_stale = True
        await self.hub.ask(tail.remember, self.facts.session_id, person, here, at)

    async def spoke(self, person: int) -> None:
        here = self.here.get(person)
        if here is not None and here.mode != "talking":
            await self.choose(person, "talking", named=here.named)

    # Telling everyone

    def broadcast(self, text: str) -> None:
        frame = Frame(text)
        for connection in list(self.live):
            connection.put(frame)

    def tell_authors(self, shown: list[Shown], *, only: Connection | None = None) -> None:
        """What is personal about posts, to all connections of their authors."""
        mine: dict[int, list[dict[str, Any]]] = {}
        for post in shown:
            if post.author_id in self.tabs:
                own = {"seq": post.seq, "rev": post.rev, **post.own}
                mine.setdefault(post.author_id, []).append(own)
        if not mine:
            return
        for connection in [only] if only else list(self.live):
            own_posts = mine.get(connection.admission.person_id)
            if own_posts:
                connection.put(protocol.encode("yours", posts=own_posts))

    async def read_news(self) -> None:
        """Read what is newer than this room's revision and hand it on. Raises database faults."""
        async with self.reading:
            while True:
                shown = await self.hub.ask(
                    tail.posts_after, self.facts.session_id, self.rev, self.facts.curator_id
                )
                if shown:
                    self.take_in(shown)
                if len(shown) < protocol.POSTS_A_FRAME:
                    self.is_loaded = True
                    return

    def take_in(self, shown: list[Shown]) -> None:
        since = self.rev
        for post in shown:
            self.changes.pop(self.rev_of.get(post.seq, 0), None)
            self.changes[post.rev] = post
            self.rev_of[post.seq] = post.rev
        self.rev = shown[-1].rev
        self.broadcast(protocol.posts(since, self.rev, (post.encoded for post in shown)))
        self.tell_authors(shown)

    # The two loops: time needs no database, news does

    def phase_now(self) -> Phase:
        return phase_at(self.facts.starts_at, self.hub.clock.now(), cancelled=self.facts.cancelled)

    async def keep_time(self) -> None:
        """Turn the phase at its very instant; pulse; tell who came and went, once a second."""
        pulse_due = time.monotonic() + PULSE_EVERY
        while True:
            await asyncio.sleep(self.until_something())
            now = self.hub.clock.now()
            phase = self.phase_now()
            if phase != self.phase:
                self.phase = phase
                self.broadcast(protocol.encode("clock", **protocol.clock(phase, now)))
            self.tell_presence()
            if time.monotonic() >= pulse_due:
                pulse_due = time.monotonic() + PULSE_EVERY
                self.broadcast(protocol.encode("pulse", rev=self.rev, now=protocol.instant(now)))

    def until_something(self) -> float:
        """Seconds to the next look: one, or less when a phase ends before."""
        if self.phase.ends_at is None:
            return GLANCE_EVERY
        left = (self.phase.ends_at - self.hub.clock.now() + A_MOMENT).total_seconds()
        return max(0.001, min(GLANCE_EVERY, left))

    def tell_presence(self) -> None:
        crowd = {
            person: here
            for person, here in presence.merge([self.here, *self.elsewhere]).items()
            if person in self.who
        }
        if crowd != self.told:
            change = presence.change(self.told, crowd, self.who)
            self.told = crowd
            self.broadcast(protocol.encode("presence", **change))

    async def keep_up(self) -> None:
        """Read news when woken, and once a second besides, whatever was lost."""
        glance_due = 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), GLANCE_EVERY)
            self.woken.clear()
            try:
                await self.read_news()
                if time.monotonic() >= glance_due:
                    glance_due = time.monotonic() + GLANCE_EVERY
                    await self.glance()
            except (DatabaseError, InterfaceError) as fault:
                log.warning("The room of session %s can't read: %s", self.facts.session_id, fault)
                await asyncio.sleep(GLANCE_EVERY)
            except Exception:
                log.exception("The room of session %s stumbled", self.facts.session_id)
                await asyncio.sleep(GLANCE_EVERY)

    async def glance(self) -> None:
        """Who is here in other processes, whether the session itself changed, our own lease."""
        session_id = self.facts.session_id
        seen = await self.hub.ask(tail.look, session_id, self.hub.process)
        self.elsewhere = seen.elsewhere
        strangers = {one for crowd in seen.elsewhere for one in crowd if one not in self.who}
        if strangers:
            self.who |= await self.hub.ask(tail.people, strangers, self.facts.curator_id)
        if (seen.edition, seen.status) != (self.facts.edition, self.facts.status):
            await self.learn_anew()
        age = time.monotonic() - self.lease_renewed
        if age >= LEASE_EVERY or (self.lease_stale and age >= LEASE_AT_MOST_EVERY):
            self.lease_renewed, self.lease_stale = time.monotonic(), False
            await self.hub.ask(tail.renew_lease, session_id, self.hub.process, dict(self.here))

    async def learn_anew(self) -> None:
        """The session was moved or called off, or one of its articles was hidden."""
        facts = await self.hub.ask(tail.facts, self.facts.session_id)
        if facts is None:
            for connection in list(self.connections):
                connection.send_away(NO_SUCH_SESSION)
            return
        before, self.facts = self.facts, facts
        if facts.topics != before.topics:
            self.broadcast(protocol.encode("agenda", topics=facts.topics))

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        try:
            await self.hub.ask(tail.renew_lease, self.facts.session_id, self.hub.process, {})
        except (DatabaseError, InterfaceError):
            log.info("The lease of session %s runs out by itself", self.facts.session_id)
