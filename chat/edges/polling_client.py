"""A person in a room without a socket, who stays for half a minute after each request."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError

from chat.edges.participant import Participant
from chat.edges.person_limits import PersonLimits
from chat.law.rules import Refused
from chat.ledger.availability import log_fault
from chat.ledger.writer import set_result
from chat.room.connection import Admission
from chat.room.hub import Hub
from chat.room.room import Room
from chat.wire import protocol
from chat.wire.close_codes import SERVICE_RESTART, SIGNED_OUT, TOO_MANY, NotAdmitted
from chat.wire.frames import Frame
from chat.wire.protocol import Hello

log = logging.getLogger(__name__)

# Seconds.
STAYS = 30.0
LONGEST_WAIT = 20.0

MOST_PROCESSES_SEEN = 4


class PollingClient:
    """One sign-in in one room, by all of its tabs: a `Connection` that is never sent anything.

    `on_leave` is called when it leaves the room, perhaps more than once.
    """

    def __init__(
        self,
        hub: Hub,
        admission: Admission,
        limits: PersonLimits,
        on_leave: Callable[["PollingClient"], None],
    ) -> None:
        self.hub = hub
        self.admission = admission
        self.limits = limits
        self.on_leave = on_leave
        self.rate_limit = limits.requests
        self.requests = 0
        self.seen = ""
        self.code: int | None = None
        self.leaving: asyncio.TimerHandle | None = None
        self.room: Room = hub.enter(self)
        self.participant = Participant(hub, self.room, self, limits)

    # The room's Connection

    def send_frame(self, frame: Frame) -> None:
        """Nothing: a polling client asks for what is new."""

    def send_text(self, text: str, *, is_history: bool = False) -> None:
        """Nothing: a polling client asks for what is new."""

    def send_away(self, code: int) -> None:
        if self.code is None:
            self.code = code
            self.room.audience.release_held_requests()
            self.leave()

    # Requests

    async def check_sign_in(self) -> None:
        """Check the sign-in, as each handshake does. Raises NotAdmitted."""
        sign_in = self.admission.sign_in
        try:
            holds = sign_in is None or await self.hub.sign_ins.holds(sign_in)
        except (DatabaseError, InterfaceError) as fault:
            log_fault(log, "A sign-in can't be checked", fault)
            return
        if not holds:
            self.send_away(SIGNED_OUT)
            raise NotAdmitted(SIGNED_OUT)

    def __enter__(self) -> "PollingClient":
        """Begin a request. Raises NotAdmitted."""
        if self.leaving is not None:
            self.leaving.cancel()
        self.requests += 1
        if self.requests > self.hub.most_tabs:
            self.__exit__()
            raise NotAdmitted(TOO_MANY)
        return self

    def __exit__(self, *fault: object) -> None:
        self.requests -= 1
        if not self.requests and self.code is None:
            self.leaving = self.hub.loop.call_later(STAYS, self.leave)

    def leave(self) -> None:
        if self.leaving is not None:
            self.leaving.cancel()
        self.on_leave(self)

    async def read(self, after: int, wait: float = 0, seen: str = "") -> str:
        """The room as a `welcome`: now, or when something is new, within `wait` seconds.

        `seen` is the `news` of the last answer to this tab. A client that does not send it counts
        as having seen the last answer to any tab of this sign-in. Raises NotAdmitted.
        """
        room = self.room
        if not await room.ensure_current(after):
            raise NotAdmitted(SERVICE_RESTART)
        audience = room.audience
        if after == room.rev and audience.news_mark in (seen or self.seen).split("."):
            await self.wait_unless_sent_away(audience.wait_for_news(min(wait, LONGEST_WAIT)))
        await self.wait_unless_sent_away(self.limits.take_turn(room.welcome_size(after)))
        self.seen = audience.news_mark
        # Another process may answer the next request, so the marks of its room are sent back too.
        others = [part for part in seen.split(".") if part and not part.startswith(audience.mark)]
        news = ".".join([*others[1 - MOST_PROCESSES_SEEN :], audience.news_mark])
        return room.build_welcome(self.admission, after, news=news)[0]

    async def wait_unless_sent_away(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Raises NotAdmitted."""
        if self.code is None:
            await waiting
        else:
            waiting.close()
        if self.code is not None:
            raise NotAdmitted(self.code)

    async def perform(self, text: str) -> str | None:
        """Do what a frame asks for; return its answer, or None. Raises NotAdmitted."""
        try:
            frame = protocol.parse(text)
            if isinstance(frame, Hello):
                return await self.read(frame.after)
            answered: asyncio.Future[str | None] = self.hub.loop.create_future()
            await self.participant.perform(frame, partial(set_result, answered))
            answer = await answered
        except Refused as refused:
            if refused.code == "bad_request" and not self.rate_limit.may_be_mistaken():
                raise NotAdmitted(TOO_MANY) from None
            return protocol.refused(refused)
        if self.code is not None:
            raise NotAdmitted(self.code)
        return answer
