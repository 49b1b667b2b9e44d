"""One session's room in this process: what everyone here sees, in order, without holes.

The database is the truth. The room holds its posts by revision, each encoded once, and a connection
becomes live in the same step in which it is sent what it missed.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from chat import attendance
from chat.hosting import Hosting
from chat.law.clock import Phase
from chat.law.sign_ins import SignIn
from chat.ledger.availability import DatabaseAvailability, log_fault
from chat.ledger.committed import Committed
from chat.room.connection import Admission, Connection
from chat.room.database_clock import DatabaseClock
from chat.room.feed import Feed
from chat.room.per_person import PerPerson
from chat.room.post_frames import Shown, frames_of
from chat.room.reader import Reader, SessionFacts
from chat.room.state import RoomState
from chat.room.upkeep import Upkeep
from chat.wire import protocol

log = logging.getLogger(__name__)


class Room:
    """Made in the event loop, in which its loops then run until `close`."""

    def __init__(
        self,
        facts: SessionFacts,
        *,
        clock: DatabaseClock,
        reader: Reader,
        availability: DatabaseAvailability,
        process: UUID,
    ) -> None:
        self.reader = reader
        self.state = RoomState(facts, clock)
        self.history, self.roster = self.state.history, self.state.roster
        self.audience = self.state.audience
        self.per_person = PerPerson(self.state)
        self.feed = Feed(self.state, self.per_person, reader)
        self.upkeep = Upkeep(
            self.state,
            self.per_person,
            self.feed,
            reader=reader,
            availability=availability,
            process=process,
        )

    @property
    def rev(self) -> int:
        return self.history.rev

    @property
    def facts(self) -> SessionFacts:
        return self.state.facts

    @property
    def hosting(self) -> Hosting:
        return self.state.hosting

    @property
    def phase(self) -> Phase:
        """The phase that was announced last."""
        return self.upkeep.phase

    def current_phase(self) -> Phase:
        return self.state.current_phase()

    async def close(self) -> None:
        self.audience.release_held_requests()
        await self.upkeep.stop()

    # Coming and going

    def enter(self, connection: Connection) -> None:
        admission = connection.admission
        self.audience.enter(connection)
        self.roster.enter(admission.person_id, admission.person, admission.here)

    def leave(self, connection: Connection) -> None:
        if self.audience.leave(connection):
            self.roster.leave(connection.admission.person_id)

    async def ensure_current(self, after: int) -> bool:
        """Read the posts if none were read yet, or not that revision; False if that fails."""
        if not self.feed.is_loaded or after > self.rev:
            try:
                await self.feed.read_news(enough_at=after)
            except (DatabaseError, InterfaceError) as fault:
                log_fault(log, "A welcome can't be complete", fault)
        return self.feed.is_loaded

    def join(self, connection: Connection, after: int) -> None:
        """Send a connection all that it missed since a revision, and make it live."""
        # Nothing in here waits, so no change can fall between what was missed and what comes.
        welcome, rest, rev = self.build_welcome(connection.admission, after)
        connection.send_text(welcome, is_history=True)
        for part in rest:
            posts = protocol.posts(rev, part[-1].rev, (shown.encoded for shown in part))
            connection.send_text(posts, is_history=True)
            rev = part[-1].rev
            own = ((post, post.concerns(None)) for post in part)
            self.per_person.send_yours(own, only=connection)
        self.audience.make_live(connection)
        self.per_person.note_welcome(connection.admission)

    def welcome_size(self, after: int) -> int:
        """About how many posts and people a `welcome` after that revision contains."""
        return self.rev - (after if after <= self.rev else 0) + len(self.roster.announced)

    def build_welcome(
        self, admission: Admission, after: int, **more: str
    ) -> tuple[str, list[Sequence[Shown]], int]:
        """The `welcome` after that revision, the posts that it had no room for, its revision."""
        if after > self.rev:
            after = 0
        person = admission.person_id
        first, *rest = frames_of(self.history.after(after), person)
        rev = first[-1].rev if rest else self.rev
        now = self.state.clock.now()
        text = protocol.welcome(
            (shown.for_person(person) for shown in first),
            now=protocol.instant(now),
            session=self.facts.session,
            topics=self.facts.topics,
            clock=protocol.clock(self.current_phase(), now),
            you=self.per_person.you(admission),
            after=after,
            rev=rev,
            presence=self.roster.presence_for(person),
            **more,
            **self.upkeep.cut_off(),
        )
        return text, rest, rev

    # What people do

    async def choose_mode(
        self, person: int, mode: str, *, named: bool, sign_in: SignIn | None = None
    ) -> None:
        """Let somebody talk or just read; it holds for all of their tabs.

        Raises Refused, SignedOut and database faults.
        """
        # Stored before it is shown, so that a person who leaves at once finds their choice again.
        here = await self.reader.run(
            attendance.choose_mode,
            self.facts.session_id,
            person,
            mode,
            named=named,
            sign_in=sign_in,
        )
        self.roster.set_here(person, here)

    async def mark_talking(self, person: int, seq: int) -> None:
        """Somebody posted, and so is talking. Raises database faults."""
        here = await self.reader.run(attendance.mark_talking, self.facts.session_id, person, seq)
        self.roster.set_here(person, here)

    # What the hub knows first

    def wake(self) -> None:
        """There is something to read."""
        self.upkeep.woken.set()

    def add_committed(self, committed: Committed) -> bool:
        return self.feed.add_committed(committed)

    def set_hosting(self, hosting: Hosting) -> None:
        self.upkeep.set_hosting(hosting)

    def announce_availability(self) -> None:
        """Whether the database can be used has changed; requests that are held end with it."""
        self.audience.broadcast_text(self.upkeep.pulse())
