"""Somebody in a room, whichever way they came: their frames become verbs of the room.

A frame gets one answer at most, given to `answer` when it is there. Posts and changes do not wait
for each other's answers, so that one transaction takes many.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from chat import hosting
from chat.edges.rate_limit import Allowance, too_fast
from chat.law import commands
from chat.law.commands import Wish
from chat.law.rules import Refused
from chat.law.sign_ins import SignedOut
from chat.ledger.reach import PATIENCE, log_fault
from chat.ledger.store import Answer, Taken
from chat.room.connection import Connection
from chat.room.hub import Hub
from chat.room.room import Room
from chat.wire import fields, protocol
from chat.wire.close_codes import SERVICE_RESTART, SIGNED_OUT, NotAdmitted
from chat.wire.protocol import ChooseMode, Hello, HoldPrompt, Ping, Say, Silence, TakeChair, Typing
from people import security_log

log = logging.getLogger(__name__)

Told = Callable[[str | None], None]


class Participant:
    def __init__(self, hub: Hub, room: Room, connection: Connection) -> None:
        self.hub = hub
        self.room = room
        self.connection = connection
        self.person_id = connection.admission.person_id
        self.sign_in = connection.admission.sign_in
        self.session_id = room.facts.session_id
        self.limits = hub.limits_of(self.person_id)
        self.tasks: set[asyncio.Task[None]] = set()

    async def perform(self, frame: protocol.Frame, answer: Told) -> None:
        """Do what a frame asks for; `answer` gets its answer, None where there is none.

        Raises Refused, which is the answer then, or NotAdmitted.
        """
        try:
            await self.act_on(frame, answer)
        except Refused as refused:
            self.note(refused)
            raise
        except SignedOut:
            self.connection.send_away(SIGNED_OUT)
            answer(None)

    async def act_on(self, frame: protocol.Frame, answer: Told) -> None:
        match frame:
            case Hello(after):
                if await self.room.be_current(after):
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
                    self.room.roster.types(self.person_id)
                    self.hub.wakeups.tell_typing(self.session_id, self.person_id)
                answer(None)
            case ChooseMode(mode, named, ref):
                self.limits.check_choice(ref)
                chosen = self.room.choose(self.person_id, mode, named=named, sign_in=self.sign_in)
                await self.stored(ref, chosen)
                answer(protocol.ack(ref, self.room.rev))
            case Silence() | HoldPrompt() | TakeChair():
                self.limits.check_choice(frame.ref)
                await self.host(frame)
                answer(protocol.ack(frame.ref, self.room.rev))
            case Say(id):
                self.check_text(self.limits.posts, id)
                told = partial(self.tell, id, answer, is_post=True)
                self.hub.writer.submit(self.session_id, self.wish(frame), told)
            case change:
                if isinstance(change, protocol.Edit):
                    self.check_text(self.limits.edits, change.ref)
                told = partial(self.tell, change.ref, answer)
                self.hub.writer.submit(self.session_id, self.wish(change), told)

    def check_text(self, allowance: Allowance | None, ref: str | None) -> None:
        """May one more text be rendered for that person? Raises Refused.

        The law comes first, but only before the start: afterwards this may be a copy of what was
        taken in time, which gets its `ack` when it is sent again.
        """
        if allowance is None or allowance.take():
            return
        if self.room.phase_now().name in ("scheduled", "lobby"):
            raise Refused("not_started", ref=ref)
        raise too_fast(allowance, ref)

    def wish(self, frame: protocol.Say | protocol.Change) -> Wish:
        who = self.person_id
        match frame:
            case Say(id, body, reply_to):
                return commands.Attempt(who, UUID(id), body, reply_to, sign_in=self.sign_in)
            case protocol.Edit(seq, body):
                wish: commands.Change = commands.Edit(who, seq, body)
            case protocol.Remove(seq):
                wish = commands.Remove(who, seq)
            case protocol.Hide(seq, reason):
                wish = commands.Hide(who, seq, reason)
            case protocol.React(seq, emoji, on):
                wish = commands.React(who, seq, emoji, on)
            case protocol.Pin(seq, on):
                wish = commands.Pin(who, seq, on)
        wish.client_id, wish.sign_in = fields.as_uuid(frame.ref), self.sign_in
        return wish

    async def host(self, frame: Silence | HoldPrompt | TakeChair) -> None:
        who, by = self.person_id, self.sign_in
        session, ask = self.session_id, self.hub.ask
        here = set(self.room.roster.everyone)
        match frame:
            case Silence(person, on):
                asked = ask(hosting.silence, session, who, person, on=on, sign_in=by)
            case HoldPrompt(id, hold):
                asked = ask(hosting.hold_prompt, session, who, id, hold=hold, sign_in=by)
            case TakeChair():
                asked = ask(hosting.take_chair, session, who, here, sign_in=by)
        await self.stored(frame.ref, asked)
        with_news = await self.stored(frame.ref, ask(hosting.read, session))
        self.room.learn_hosting(with_news)

    async def stored(self, ref: str | None, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await asyncio.wait_for(work, PATIENCE)
        except Refused as refused:
            refused.ref = ref
            raise
        except TimeoutError:
            # It may still be done: asking twice is asking once.
            raise Refused("unavailable", retry_after=2, ref=ref) from None
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "Something can't be stored", fault)
            raise Refused("unavailable", retry_after=2, ref=ref) from None

    def tell(self, ref: str | None, answer: Told, result: Answer, *, is_post: bool = False) -> None:
        match result:
            case SignedOut():
                self.connection.send_away(SIGNED_OUT)
                answer(None)
            case Refused():
                self.note(result)
                result.ref = ref
                answer(protocol.refused(result))
            case Taken(seq, rev):
                answer(protocol.ack(ref, rev, seq))
                if is_post and self.room.roster.just_reads(self.person_id):
                    self.do(self.became_talking(seq))

    def note(self, refused: Refused) -> None:
        """Somebody tried what only a host may do."""
        if refused.code == "not_host":
            security_log.write_event(
                "host_act_refused", who=self.person_id, session=self.session_id
            )

    async def became_talking(self, seq: int) -> None:
        try:
            await self.room.spoke(self.person_id, seq)
        except NotAdmitted:
            return  # this process ends
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "That somebody talks can't be kept", fault)

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
