"""The ledger's thread: one per process, with its own connection, so that nothing waits behind it.

While one transaction is under way, what arrives waits and goes into the next: a batch without a
timer, which costs nothing when the room is idle.

Whoever waits for three seconds is told, by the event loop and whatever the thread is doing then:
a call to a database that is frozen does not return. Such a refusal does not say that the post is
not stored; its author sends it again under the same id, and the ledger finds it by that.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection

from chat.law.commands import Wish
from chat.law.rules import Refused
from chat.ledger import sql, store
from chat.ledger.committed import Committed
from chat.ledger.reach import PATIENCE, Way
from chat.ledger.store import Answer, Taken

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
MOST_WAITING = 20_000
GIVE_UP = PATIENCE
RETRY_AFTER = 2
LONGEST_PAUSE = 0.5
TRY_EVERY = 1.0

Answered = Callable[[Answer], None]
OnCommit = Callable[[int, int, Committed | None], None]


@dataclass(slots=True)
class Waiting:
    session_id: int
    wish: Wish
    answered: Answered
    since: float = field(default_factory=time.monotonic)
    # Set by the event loop alone. What was given up is not stored, unless it is on its way.
    is_answered: bool = False


class Writer:
    """Takes wishes from the event loop's thread and answers there.

    `committed(session_id, revision, news)` is called, in the event loop's thread, after each
    commit; see `chat.ledger.batch.Committed`. `storing` is told how the database does.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, committed: OnCommit, storing: Way | None = None
    ) -> None:
        self.loop = loop
        self.committed = committed
        self.storing = storing or Way()
        # One that waits without a lock of Python's: it is handed over once for each post.
        self.arrived: SimpleQueue[Waiting | None] = SimpleQueue()
        self.waiting: deque[Waiting] = deque()
        self.stopping = False
        # Everything without an answer, the oldest first; and some with one among them.
        self.unanswered: deque[Waiting] = deque()
        self.alarm: asyncio.TimerHandle | None = None
        self.limits = store.bounds()
        self.thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self.thread.start()

    # In the event loop's thread

    def submit(self, session_id: int, wish: Wish, answered: Answered) -> None:
        """Queue a wish; `answered` is called once, later, in the event loop's thread."""
        if self.stopping or len(self.unanswered) >= MOST_WAITING:
            self.loop.call_soon(answered, Refused("unavailable", retry_after=RETRY_AFTER))
            return
        one = Waiting(session_id, wish, answered)
        self.unanswered.append(one)
        if self.alarm is None:
            self.alarm = self.loop.call_later(GIVE_UP, self.look)
        self.arrived.put(one)

    async def take(self, session_id: int, wish: Wish) -> Taken:
        """Queue a wish and wait for its answer. Raises Refused or SignedOut."""
        answer: asyncio.Future[Answer] = self.loop.create_future()
        self.submit(session_id, wish, partial(give, answer))
        result = await answer
        if isinstance(result, Exception):
            raise result
        return result

    def look(self) -> None:
        """Give up what waits too long, and see when to look again."""
        self.alarm = None
        now = time.monotonic()
        if self._forget_answered() and self.unanswered[0].since + GIVE_UP <= now:
            self.give_up({one.wish.person_id for one in self.unanswered
                          if not one.is_answered and one.since + GIVE_UP <= now})  # fmt: skip
        if self._forget_answered():
            wait = self.unanswered[0].since + GIVE_UP - now
            self.alarm = self.loop.call_later(max(0.01, wait), self.look)

    def _forget_answered(self) -> bool:
        """Whether anything is left."""
        while self.unanswered and self.unanswered[0].is_answered:
            self.unanswered.popleft()
        return bool(self.unanswered)

    def give_up(self, people: set[int]) -> None:
        """Refuse all that these people wait for: stored now, a later post would come first.

        The newest first: the thread may take some of them just now, and then it must be the
        oldest ones.
        """
        gone = [
            one for one in self.unanswered if not one.is_answered and one.wish.person_id in people
        ]
        for one in reversed(gone):
            one.is_answered = True
        for one in gone:
            self._tell_one(one, Refused("unavailable", retry_after=RETRY_AFTER))

    def _tell(
        self, session_id: int, batch: list[Waiting], answers: list[Answer], news: Committed | None
    ) -> None:
        for one, answer in zip(batch, answers, strict=True):
            if not one.is_answered:
                one.is_answered = True
                self._tell_one(one, answer)
        self._forget_answered()
        revisions = [answer.rev for answer in answers if isinstance(answer, Taken)]
        if revisions:
            self.committed(session_id, max(revisions), news)

    def _tell_one(self, one: Waiting, answer: Answer) -> None:
        try:
            one.answered(answer)
        except Exception:
            # Whatever became of one author, the others have their answer coming.
            log.exception("An answer reached nobody")

    def take_no_more(self) -> None:
        """In the thread that submits, so that nothing is queued behind the end."""
        self.stopping = True
        self.arrived.put(None)

    async def finish(self) -> None:
        """Take nothing new, and commit or refuse what waits: within `GIVE_UP`."""
        self.take_no_more()
        while self._forget_answered():  # noqa: ASYNC110 (only at the end, and not for long)
            await asyncio.sleep(0.02)

    def stop(self, patience: float = 10) -> None:
        """Take nothing new, commit what waits, end the thread; it may be held up for ever."""
        if not self.stopping:
            self.take_no_more()
        self.thread.join(timeout=patience)

    # In its own thread

    def _work(self) -> None:
        one = self._next()
        while one is not None:
            self.waiting.append(one)
            self._gather()
            while self.waiting:
                self._take_next()
                self._gather()
            one = self._next()
        connection.close()

    def _next(self) -> Waiting | None:
        """What arrives; and while nothing does, whether what failed would work again."""
        while self.storing.failing_since is not None:
            with contextlib.suppress(Empty):
                return self.arrived.get(timeout=TRY_EVERY)
            try:
                sql.try_to_store()
            except (DatabaseError, InterfaceError) as fault:
                self.storing.fail(fault)
                connection.close()
            else:
                self.storing.succeed()
        return self.arrived.get()

    def _gather(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                one = self.arrived.get_nowait()
                if one is None:
                    # The last: what waits is committed before the thread hears of it again.
                    self.arrived.put(None)
                    return
                self.waiting.append(one)

    def _take_next(self) -> None:
        session_id = self.waiting[0].session_id
        batch: list[Waiting] = []
        while (
            self.waiting and self.waiting[0].session_id == session_id and len(batch) < LARGEST_BATCH
        ):
            batch.append(self.waiting.popleft())
        pause = 0.05
        # The oldest is looked at first: `give_up` marks it last.
        while batch := [one for one in batch if not one.is_answered]:
            self.storing.begin()
            try:
                wishes = [one.wish for one in batch]
                answers, news = store.store(session_id, wishes, self.limits)
            except Exception as fault:
                connection.close()
                if sql.is_away(fault):
                    self.storing.fail(fault)
                    time.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                self.storing.succeed()
                if len(batch) == 1:
                    log.exception("Something could not be stored")
                    self._refuse(session_id, self._with_those_behind(batch))
                    return
                # One of them is at fault, and must not cost the others their answer: half as many,
                # until it is alone.
                log.warning("%d in one go could not be stored: %r", len(batch), fault)
                half = len(batch) // 2
                self.waiting.extendleft(reversed(batch[half:]))
                batch = batch[:half]
            else:
                self.storing.succeed()
                self.loop.call_soon_threadsafe(self._tell, session_id, batch, answers, news)
                return

    def _with_those_behind(self, batch: list[Waiting]) -> list[Waiting]:
        """And what the same person sent after it, which must not come first either."""
        self._gather()
        person = batch[0].wish.person_id
        behind = [one for one in self.waiting if one.wish.person_id == person]
        self.waiting = deque(one for one in self.waiting if one.wish.person_id != person)
        return [*batch, *behind]

    def _refuse(self, session_id: int, batch: list[Waiting]) -> None:
        refusals: list[Answer] = [Refused("unavailable", retry_after=30) for _ in batch]
        self.loop.call_soon_threadsafe(self._tell, session_id, batch, refusals, None)


T = TypeVar("T")


def give(future: asyncio.Future[T], answer: T) -> None:
    """To who still waits for it."""
    if not future.done():
        future.set_result(answer)
