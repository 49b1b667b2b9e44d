"""The ledger's thread: one per process, with its own connection, so that nothing waits behind it.

While one transaction is under way, what arrives waits and goes into the next: a batch without a
timer, which costs nothing when the room is idle.
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

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from chat import ledger
from chat.ledger import Answer, Taken
from chat.news import News
from chat.rules import Refused
from chat.wishes import Wish

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
MOST_WAITING = 20_000
GIVE_UP = 3.0
GIVE_UP_DOUBTFUL = 60.0
RETRY_AFTER = 2

Answered = Callable[[Answer], None]
Committed = Callable[[int, int, News | None], None]


@dataclass(slots=True)
class Waiting:
    session_id: int
    wish: Wish
    answered: Answered
    since: float = field(default_factory=time.monotonic)

    def is_overdue(self, now: float) -> bool:
        """Has it waited for the database for so long that its author should know?

        One whose commit broke may be stored: it is looked up before anything is said.
        """
        patience = GIVE_UP_DOUBTFUL if self.wish.doubtful else GIVE_UP
        return now - self.since > patience


class Writer:
    """Takes wishes from the event loop's thread and answers there.

    `committed(session_id, revision, news)` is called, in the event loop's thread, after each
    commit; see `chat.batch.News`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, committed: Committed) -> None:
        self.loop = loop
        self.committed = committed
        # One that waits without a lock of Python's: it is handed over once for each post.
        self.arrived: SimpleQueue[Waiting | None] = SimpleQueue()
        self.waiting: deque[Waiting] = deque()
        self.stopping = False
        self.let_go: dict[int, float] = {}  # by person, when something of theirs was given up
        self.limits = ledger.bounds()
        self.thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self.thread.start()

    def submit(self, session_id: int, wish: Wish, answered: Answered) -> None:
        """Queue a wish; `answered` is called once, later, in the event loop's thread."""
        if self.stopping or self.arrived.qsize() + len(self.waiting) >= MOST_WAITING:
            self.loop.call_soon(answered, Refused("unavailable", retry_after=RETRY_AFTER))
            return
        self.arrived.put(Waiting(session_id, wish, answered))

    async def take(self, session_id: int, wish: Wish) -> Taken:
        """Queue a wish and wait for its answer. Raises Refused or SignedOut."""
        answer: asyncio.Future[Answer] = self.loop.create_future()
        self.submit(session_id, wish, partial(give, answer))
        result = await answer
        if isinstance(result, Exception):
            raise result
        return result

    def take_no_more(self) -> None:
        """In the thread that submits, so that nothing is queued behind the end."""
        self.stopping = True
        self.arrived.put(None)

    def stop(self) -> None:
        """Take nothing new, commit what waits, end the thread."""
        if not self.stopping:
            self.take_no_more()
        self.thread.join(timeout=10)

    def _work(self) -> None:
        one = self.arrived.get()
        while one is not None:
            self.waiting.append(one)
            self._gather()
            while self.waiting:
                self._take_next()
                self._gather()
            if self.let_go:
                # Not at once: something may just be on its way here that is older.
                recent = time.monotonic() - GIVE_UP
                self.let_go = {who: at for who, at in self.let_go.items() if at > recent}
            one = self.arrived.get()
        connection.close()

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
        if self.let_go:
            batch = self._let_go_of(batch, self._is_behind)
        pause = 0.05
        while batch:
            try:
                wishes = [one.wish for one in batch]
                answers, news = ledger.store(session_id, wishes, self.limits)
            except (OperationalError, InterfaceError) as fault:
                log.warning("Posts wait, the database does not take them: %s", fault)
                connection.close()
                batch = self._let_go_of_overdue(batch)
                if batch:
                    time.sleep(pause)
                    pause = min(pause * 2, 1.0)
            except DatabaseError:
                log.exception("A batch of %d posts could not be stored", len(batch))
                connection.close()
                if len(batch) == 1:
                    self._answer(session_id, batch, [Refused("unavailable", retry_after=30)])
                    return
                # One of them is at fault; alone it can't spoil the others.
                self.waiting.extendleft(reversed(batch[1:]))
                batch = batch[:1]
            except Exception:
                log.exception("A batch of %d posts could not be taken", len(batch))
                connection.close()
                refusals: list[Answer] = [Refused("unavailable", retry_after=30) for _ in batch]
                self._answer(session_id, batch, refusals)
                return
            else:
                self._answer(session_id, batch, answers, news)
                return

    def _let_go_of_overdue(self, batch: list[Waiting]) -> list[Waiting]:
        now = time.monotonic()
        self.let_go |= {one.wish.person_id: now for one in batch if one.is_overdue(now)}
        return self._let_go_of(batch, lambda one: one.is_overdue(now) or self._is_behind(one))

    def _is_behind(self, one: Waiting) -> bool:
        """Did it come after a wish of the same person that was given up, and before that?

        Its author will send both again: stored now, the later one would come first.
        """
        return not one.wish.doubtful and one.since <= self.let_go.get(one.wish.person_id, 0.0)

    def _let_go_of(self, batch: list[Waiting], whom: Callable[[Waiting], bool]) -> list[Waiting]:
        kept: list[Waiting] = []
        gone: list[Waiting] = []
        for one in batch:
            (gone if whom(one) else kept).append(one)
        if gone:
            refusals: list[Answer] = [Refused("unavailable", retry_after=RETRY_AFTER) for _ in gone]
            self._answer(gone[0].session_id, gone, refusals)
        return kept

    def _answer(
        self,
        session_id: int,
        batch: list[Waiting],
        answers: list[Answer],
        news: News | None = None,
    ) -> None:
        self.loop.call_soon_threadsafe(self._tell, session_id, batch, answers, news)

    def _tell(
        self, session_id: int, batch: list[Waiting], answers: list[Answer], news: News | None
    ) -> None:
        revisions = [answer.rev for answer in answers if isinstance(answer, Taken)]
        for one, answer in zip(batch, answers, strict=True):
            try:
                one.answered(answer)
            except Exception:
                # Whatever became of one author, the others have their answer coming.
                log.exception("An answer reached nobody")
        if revisions:
            self.committed(session_id, max(revisions), news)


T = TypeVar("T")


def give(future: asyncio.Future[T], answer: T) -> None:
    """To who still waits for it."""
    if not future.done():
        future.set_result(answer)
