"""The thread that stores: one per process, with its own database connection.

While one transaction is under way, what arrives waits and goes into the next: a batch without a
timer, which costs nothing when the room is idle.
"""

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

from django.db import DatabaseError, InterfaceError, connection

from chat.law.commands import Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import rendering, sql, store
from chat.ledger.answers import Answer
from chat.ledger.availability import CallMonitor
from chat.ledger.committed import Committed

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
RETRY_UNSTORABLE_AFTER = 30
LONGEST_PAUSE = 0.5
TRY_EVERY = 1.0


@dataclass(slots=True)
class Waiting:
    """A submission in the queue, and the callback for its answer."""

    session_id: int
    submission: Submission
    answered: Callable[[Answer], None]
    since: float = field(default_factory=time.monotonic)
    # Set by the event loop alone. What was given up is not stored, unless it is on its way.
    is_answered: bool = False


# The session's id, the batch, an answer to each, and what is new to show.
Stored = tuple[int, list[Waiting], list[Answer], Committed | None]


class WriterThread(Thread):
    """Stores what comes out of `arrived`, until that gives None.

    `on_stored` is called in this thread, after each commit and for what can't be stored. `storing`
    learns how the database does.
    """

    def __init__(
        self, storing: CallMonitor, limits: Bounds, on_stored: Callable[[*Stored], None]
    ) -> None:
        super().__init__(name="ledger", daemon=True)
        # A queue without a lock of Python's: each post goes through it.
        self.arrived: SimpleQueue[Waiting | None] = SimpleQueue()
        self.waiting: deque[Waiting] = deque()
        self.storing = storing
        self.limits = limits
        self.on_stored = on_stored

    def run(self) -> None:
        one = self._next()
        while one is not None:
            self.waiting.append(one)
            self._gather()
            while self.waiting:
                self._store_batch(self._next_batch())
                self._gather()
            one = self._next()
        connection.close()

    def _next(self) -> Waiting | None:
        """The next arrival; meanwhile, try whether a database that failed works again."""
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
        """Move all that arrived to `waiting`."""
        with contextlib.suppress(Empty):
            while True:
                one = self.arrived.get_nowait()
                if one is None:
                    # The end: put back, so that it is read again after what waits is committed.
                    self.arrived.put(None)
                    return
                self.waiting.append(one)

    def _next_batch(self) -> list[Waiting]:
        """The oldest that wait, as far as they are of one session."""
        session_id = self.waiting[0].session_id
        batch: list[Waiting] = []
        while (
            self.waiting and self.waiting[0].session_id == session_id and len(batch) < LARGEST_BATCH
        ):
            batch.append(self.waiting.popleft())
        return batch

    def _store_batch(self, batch: list[Waiting]) -> None:
        """Store it, trying again while the database is away."""
        pause = 0.05
        # In this order, because `Writer.give_up` marks the oldest last.
        while batch := [one for one in batch if not one.is_answered]:
            self.storing.begin()
            try:
                self._render(batch)
                submissions = [one.submission for one in batch]
                answers, committed = store.store(batch[0].session_id, submissions, self.limits)
            except Exception as fault:
                connection.close()
                if sql.is_away(fault):
                    self.storing.fail(fault)
                    time.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                self.storing.succeed()
                if len(batch) == 1:
                    log.exception("A submission could not be stored")
                    self._refuse(self._with_those_behind(batch))
                    return
                # One of them is at fault, and must not cost the others their answer: half as many,
                # until it is alone.
                log.warning("A batch of %d could not be stored: %r", len(batch), fault)
                half = len(batch) // 2
                self.waiting.extendleft(reversed(batch[half:]))
                batch = batch[:half]
            else:
                self.storing.succeed()
                self.on_stored(batch[0].session_id, batch, answers, committed)
                return

    def _render(self, batch: list[Waiting]) -> None:
        """Once each, however often the batch has to be tried."""
        session_id, submissions = batch[0].session_id, [one.submission for one in batch]
        for one, complete in zip(batch, rendering.render(session_id, submissions), strict=True):
            one.submission = complete

    def _with_those_behind(self, batch: list[Waiting]) -> list[Waiting]:
        """And what the same person sent after it, which must not come first either."""
        self._gather()
        person = batch[0].submission.person_id
        behind = [one for one in self.waiting if one.submission.person_id == person]
        self.waiting = deque(one for one in self.waiting if one.submission.person_id != person)
        return [*batch, *behind]

    def _refuse(self, batch: list[Waiting]) -> None:
        answers: list[Answer] = [
            Refused("unavailable", retry_after=RETRY_UNSTORABLE_AFTER) for _ in batch
        ]
        self.on_stored(batch[0].session_id, batch, answers, None)
