"""What each frame of a person in a room does, by socket or by polling.

A frame gets one answer at most, passed to `answer` when it is there. Posts and changes do not wait
for each other's answers, so that one transaction takes many.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError

from chat import hosting
from chat.edges.person_limits import PersonLimits, too_fast
from chat.edges.rate_limit import Allowance
from chat.law.commands import Edit, NewPost, Submission
from chat.law.rules import Refused
from chat.law.sign_ins import SignedOut
from chat.ledger.availability import PATIENCE, log_fault
from chat.ledger.store import Answer, Taken
from chat.room.connection import Connection
from chat.room.hub import Hub
from chat.room.room import Room
from chat.wire import protocol
from chat.wire.close_codes import SERVICE_RESTART, SIGNED_OUT, NotAdmitted
from chat.wire.protocol import (
    ChooseMode,
    CommandFrame,
    Hello,
    HoldPrompt,
    Ping,
    Silence,
    TakeChair,
    Typing,
)
from people import security_log

log = logging.getLogger(__name__)

# Called once with the text of the answering frame, or None where a frame gets no answer.
SendAnswer = Callable[[str | None], None]


class Participant:
    def __init__(self, hub: Hub, room: Room, connection: Connection, limits: PersonLimits) -> None:
        self.hub = hub
        self.room = room
        self.connection = connection
        self.person_id = connection.admission.person_id
        self.sign_in = connection.admission.sign_in
        self.session_id = room.facts.session_id
        self.limits = limits
        self.tasks: set[asyncio.Task[None]] = set()

    async def perform(self, frame: protocol.Frame, answer: SendAnswer) -> None:
        """Do what a frame asks for; `answer` is called with its answer.

        Raises Refused, which is the answer then, or NotAdmitted.
        """
        try:
            await self.handle_frame(frame, answer)
        except Refused as refused:
            self.log_forbidden(refused)
            raise
        except SignedOut:
            self.connection.send_away(SIGNED_OUT)
            answer(None)

    async def handle_frame(self, frame: protocol.Frame, answer: SendAnswer) -> None:
        match frame:
            case Hello(after):
                if await self.room.ensure_current(after):
                    await self.limits.take_turn(self.room.welcome_size(after))
                    if self.connection in self.room.audience.connections:
                        self.room.join(self.connection, after)
                else:
                    self.connection.send_away(SERVICE_RESTART)
                answer(None)
            case Ping(t):
                now = protocol.instant(self.hub.clock.now())
                answer(protocol.encode("pong", t=t, now=now))
            case Typing():
                is_silenced = self.person_id in self.room.hosting.silenced
                if self.limits.typing.take() and not is_silenced:
                    self.room.roster.start_typing(self.person_id)
                    self.hub.wakeups.send_typing(self.session_id, self.person_id)
                answer(None)
            case ChooseMode(mode, named, ref):
                self.limits.check_choice(ref)
                chosen = self.room.choose_mode(
                    self.person_id, mode, named=named, sign_in=self.sign_in
                )
                await self.wait_for_storing(ref, chosen)
                answer(protocol.ack(ref, self.room.rev))
            case Silence() | HoldPrompt() | TakeChair():
                self.limits.check_choice(frame.ref)
                await self.handle_host_frame(frame)
                answer(protocol.ack(frame.ref, self.room.rev))
            case CommandFrame(command, ref, client_id):
                is_post = isinstance(command, NewPost)
                if is_post:
                    self.check_text(self.limits.posts, ref)
                elif isinstance(command, Edit):
                    self.check_text(self.limits.edits, ref)
                submission = Submission(self.person_id, command, client_id, self.sign_in)
                on_answer = partial(self.handle_result, ref, answer, is_post=is_post)
                self.hub.writer.submit(self.session_id, submission, on_answer)

    def check_text(self, allowance: Allowance | None, ref: str | None) -> None:
        """Check that one more text may be rendered for that person. Raises Refused.

        Before the start the refusal says so. Later, this may be a copy of a post that was taken in
        time, so the client is told to send it again and then gets its `ack`.
        """
        if allowance is None or allowance.take():
            return
        if self.room.current_phase().name in ("scheduled", "lobby"):
            raise Refused("not_started", ref=ref)
        raise too_fast(allowance, ref)

    async def handle_host_frame(self, frame: Silence | HoldPrompt | TakeChair) -> None:
        person_id, sign_in = self.person_id, self.sign_in
        session, run = self.session_id, self.hub.reader.run
        here = set(self.room.roster.everyone)
        match frame:
            case Silence(person, on):
                stored = run(hosting.silence, session, person_id, person, on=on, sign_in=sign_in)
            case HoldPrompt(id, hold):
                stored = run(
                    hosting.hold_prompt, session, person_id, id, hold=hold, sign_in=sign_in
                )
            case TakeChair():
                stored = run(hosting.take_chair, session, person_id, here, sign_in=sign_in)
        await self.wait_for_storing(frame.ref, stored)
        self.room.set_hosting(
            await self.wait_for_storing(frame.ref, run(hosting.read_hosting, session))
        )

    async def wait_for_storing(self, ref: str | None, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await asyncio.wait_for(work, PATIENCE)
        except Refused as refused:
            raise refused.about(ref) from refused
        except TimeoutError:
            # It may still be done; sending it again has no further effect.
            raise Refused("unavailable", retry_after=2, ref=ref) from None
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "Something can't be stored", fault)
            raise Refused("unavailable", retry_after=2, ref=ref) from None

    def handle_result(
        self, ref: str | None, answer: SendAnswer, result: Answer, *, is_post: bool = False
    ) -> None:
        match result:
            case SignedOut():
                self.connection.send_away(SIGNED_OUT)
                answer(None)
            case Refused():
                self.log_forbidden(result)
                answer(protocol.refused(result.about(ref)))
            case Taken(seq, rev):
                answer(protocol.ack(ref, rev, seq))
                if is_post and self.room.roster.is_reading(self.person_id):
                    self.start_task(self.mark_talking(seq))

    def log_forbidden(self, refused: Refused) -> None:
        """Log that somebody tried what only a host may do."""
        if refused.code == "not_host":
            security_log.write_event(
                "host_act_refused", who=self.person_id, session=self.session_id
            )

    async def mark_talking(self, seq: int) -> None:
        try:
            await self.room.mark_talking(self.person_id, seq)
        except NotAdmitted:
            return  # this process is stopping
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "That somebody talks can't be stored", fault)

    def start_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
