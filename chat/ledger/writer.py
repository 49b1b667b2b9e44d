"""The way into the ledger from the event loop: a queue, its thread, and answers within seconds.

After three seconds a submission is refused by the event loop, whatever the thread is doing then: a
call to a database that is frozen does not return. Such a refusal does not say that the post is not
stored; its author sends it again under the same id, and the ledger finds it by that.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from chat.law.commands import Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store
from chat.ledger.answers import Answer, Taken
from chat.ledger.availability import PATIENCE, CallMonitor
from chat.ledger.committed import Committed
from chat.ledger.writer_thread import Stored, Waiting, WriterThread

log = logging.getLogger(__name__)

MOST_WAITING = 20_000
GIVE_UP = PATIENCE
RETRY_AFTER = 2

OnCommit = Callable[[int, int, Committed | None], None]
T = TypeVar("T")


class Writer:
    """Takes submissions from the event loop's thread and answers there.

    `on_commit(session_id, revision, committed)` is called, in the event loop's thread, after each
    commit. `storing` learns how the database does.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_commit: OnCommit,
        storing: CallMonitor | None = None,
        limits: Bounds | None = None,
    ) -> None:
        self.loop = loop
        self.on_commit = on_commit
        self.storing = storing or CallMonitor()
        self.stopping = False
        # Everything without an answer, the oldest first; and some with one among them.
        self.unanswered: deque[Waiting] = deque()
        self.alarm: asyncio.TimerHandle | None = None
        self.thread = WriterThread(self.storing, limits or store.bounds(), self._on_stored)
        self.thread.start()

    def submit(
        self, session_id: int, submission: Submission, answered: Callable[[Answer], None]
    ) -> None:
        """Queue a submission; `answered` is called once, later, in the event loop's thread."""
        if self.stopping or len(self.unanswered) >= MOST_WAITING:
            self.loop.call_soon(answered, Refused("unavailable", retry_after=RETRY_AFTER))
            return
        one = Waiting(session_id, submission, answered)
        self.unanswered.append(one)
        if self.alarm is None:
            self.alarm = self.loop.call_later(GIVE_UP, self._give_up_old)
        self.thread.arrived.put(one)

    async def take(self, session_id: int, submission: Submission) -> Taken:
        """Queue a submission and wait for its answer. Raises Refused or SignedOut."""
        future: asyncio.Future[Answer] = self.loop.create_future()
        self.submit(session_id, submission, partial(set_result, future))
        answer = await future
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _give_up_old(self) -> None:
        """Give up what waits too long, and set the alarm for the next that might."""
        self.alarm = None
        now = time.monotonic()
        if self._forget_answered() and self.unanswered[0].since + GIVE_UP <= now:
            old = [one for one in self.unanswered
                   if not one.is_answered and one.since + GIVE_UP <= now]  # fmt: skip
            self._give_up({one.submission.person_id for one in old})
        if self._forget_answered():
            wait = self.unanswered[0].since + GIVE_UP - now
            self.alarm = self.loop.call_later(max(0.01, wait), self._give_up_old)

    def _give_up(self, people: set[int]) -> None:
        """Refuse all that these people wait for: stored now, a later post would come first.

        The newest first: the thread may take some of them just now, and then it must be the
        oldest ones.
        """
        gone = [
            one
            for one in self.unanswered
            if not one.is_answered and one.submission.person_id in people
        ]
        for one in reversed(gone):
            one.is_answered = True
        for one in gone:
            self._deliver(one, Refused("unavailable", retry_after=RETRY_AFTER))

    def _forget_answered(self) -> bool:
        """Returns whether anything is left."""
        while self.unanswered and self.unanswered[0].is_answered:
            self.unanswered.popleft()
        return bool(self.unanswered)

    def _on_stored(self, *stored: *Stored) -> None:
        """Called in the writer's thread."""
        self.loop.call_soon_threadsafe(self._deliver_batch, *stored)

    def _deliver_batch(
        self,
        session_id: int,
        batch: list[Waiting],
        answers: list[Answer],
        committed: Committed | None,
    ) -> None:
        for one, answer in zip(batch, answers, strict=True):
            if not one.is_answered:
                one.is_answered = True
                self._deliver(one, answer)
        self._forget_answered()
        revisions = [answer.rev for answer in answers if isinstance(answer, Taken)]
        if revisions:
            self.on_commit(session_id, max(revisions), committed)

    def _deliver(self, one: Waiting, answer: Answer) -> None:
        try:
            one.answered(answer)
        except Exception:
            # The others still get their answers.
            log.exception("An answer could not be delivered")

    def take_no_more(self) -> None:
        """Called in the thread that submits, so that nothing is queued behind the end."""
        self.stopping = True
        self.thread.arrived.put(None)

    async def finish(self) -> None:
        """Take nothing new, and commit or refuse what waits: within `GIVE_UP`."""
        self.take_no_more()
        while self._forget_answered():  # noqa: ASYNC110 (only at the end, and not for long)
            await asyncio.sleep(0.02)

    def stop(self, patience: float = 10) -> None:
        """Take nothing new, commit what waits, end the thread; wait `patience` seconds for it."""
        if not self.stopping:
            self.take_no_more()
        self.thread.join(timeout=patience)


def set_result(future: asyncio.Future[T], answer: T) -> None:
    """Nothing happens if the future was cancelled."""
    if not future.done():
        future.set_result(answer)
