"""Simulated colleagues, who enter the demo's room and post at a human pace.

They use the same room and writer as everyone else, but no socket.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError

from chat.attendance import Here
from chat.law.commands import Submission
from chat.law.rules import Refused
from chat.law.sign_ins import SignedOut
from chat.room import post_frames, reader
from chat.room.connection import Admission
from chat.room.hub import Hub, hub
from chat.room.room import Room
from chat.wire.close_codes import NotAdmitted
from chat.wire.frames import Frame
from curation.clock import database_now
from curation.law import agenda
from curation.models import ChatSession
from people.models import User
from talktech.demo import scripts
from talktech.demo.loader import submission_for_line
from talktech.demo.reactions import scripted_reactions
from talktech.demo.scripts import Line

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
TOO_LATE = timedelta(seconds=20)
A_WHILE, A_MOMENT = 4.0, 0.3
GOODBYES = timedelta(seconds=4)


@dataclass(eq=False)
class Colleague:
    """A connection to the room without a socket."""

    admission: Admission
    is_gone: bool = False

    def send_frame(self, frame: Frame) -> None:
        """Ignore the frame, as everything is in the script."""

    def send_text(self, text: str, *, is_history: bool = False) -> None:
        """Ignore the frame, as everything is in the script."""

    def send_away(self, code: int) -> None:
        self.is_gone = True


@dataclass
class Simulation:
    """The colleagues in one session while it is on."""

    hub: Hub
    facts: reader.SessionFacts
    people: dict[str, User]
    here: dict[str, Colleague] = field(default_factory=dict)
    room: Room | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Let them arrive one after the other, post the lines when they are due, and leave."""
        arrivals = asyncio.create_task(self.arrive())
        try:
            for position, scene in enumerate(scripts.live().scenes, start=1):
                seqs: list[int] = []
                begins = agenda.topic_starts_at(self.facts.starts_at, position)
                for index, line in enumerate(scene.lines):
                    await self.sleep_until(begins + line.at)
                    submission = submission_for_line(
                        self.facts.session_id, position, index, scene, self.people, seqs
                    )
                    seqs.append(await self.post_line(line, submission, begins + line.at))
            await self.sleep_until(agenda.ends_at(self.facts.starts_at) + GOODBYES)
        finally:
            arrivals.cancel()
            for task in self.tasks:
                task.cancel()
            for colleague in self.here.values():
                if self.room is not None and not colleague.is_gone:
                    self.hub.leave(colleague, self.room)

    async def arrive(self) -> None:
        cast = sorted(scripts.live().cast | set(list(self.people)[::2]))
        for key in cast:
            self.enter(key)
            is_lobby = self.hub.clock.now() < self.facts.starts_at
            await asyncio.sleep(A_WHILE if is_lobby and len(self.here) > 5 else A_MOMENT)

    def enter(self, key: str) -> None:
        if key in self.here or key not in self.people:
            return
        user = self.people[key]
        talks = key in scripts.live().cast
        here = Here("talking" if talks else "reading", named=False)
        person = post_frames.person(user, self.facts.curator_id)
        colleague = Colleague(Admission(user.pk, person, here, self.facts, sign_in=None))
        try:
            self.room = self.hub.enter(colleague)
            self.here[key] = colleague
        except NotAdmitted:
            log.debug("No room for %s", key)

    async def post_line(self, line: Line, submission: Submission, due: datetime) -> int:
        """Post a line unless it is long overdue; returns its seq, 0 if it was not posted."""
        if self.hub.clock.now() - due > TOO_LATE:
            return 0
        self.enter(line.by)
        try:
            taken = await self.hub.writer.take(self.facts.session_id, submission)
        except (Refused, SignedOut) as refused:
            log.debug("%s could not post: %s", line.by, refused)
            return 0
        self.start_task(self.add_reactions(submission, taken.seq))
        return taken.seq

    async def add_reactions(self, submission: Submission, seq: int) -> None:
        """React to a post, one colleague after the other."""
        here = [one.admission.person_id for one in self.here.values()]
        for reaction in scripted_reactions(submission, seq, here):
            await asyncio.sleep(A_WHILE)
            with contextlib.suppress(Refused, SignedOut):
                await self.hub.writer.take(self.facts.session_id, reaction)

    def start_task(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def sleep_until(self, instant: datetime) -> None:
        left = (instant - self.hub.clock.now()).total_seconds()
        if left > 0:
            await asyncio.sleep(left)


def current_demo_session() -> tuple[reader.SessionFacts, dict[str, User]] | None:
    """Return the demo's session that is in its lobby or running, and its people by their keys."""
    if not User.objects.only_simulated():
        return None
    now = database_now()
    session = ChatSession.objects.current(now)
    if session is None or now < session.lobby_opens_at or session.title != scripts.live().title:
        return None
    facts = reader.read_facts(session.pk)
    if facts is None:
        return None
    keys = {one["email"]: one["key"] for one in scripts.company()["people"]}
    users = User.objects.filter(email__in=keys).select_related("team")
    return facts, {keys[user.email]: user for user in users}


async def simulate_colleagues() -> None:
    """Run for ever: while the demo has a session on, let its colleagues take part."""
    ours = hub()
    played: set[int] = set()
    while True:
        try:
            on = await ours.reader.run(current_demo_session)
            if on and on[0].session_id not in played:
                played.add(on[0].session_id)
                await Simulation(ours, *on).run()
        except (DatabaseError, InterfaceError) as fault:
            log.warning("The colleagues wait for the database: %s", fault)
        await asyncio.sleep(LOOK_EVERY)
