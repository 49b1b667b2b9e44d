"""The loop for periodic work: each second it does what the apps say is due.

Each app lists its duties in a `duties.py`: `due(now, by_database)` yields pairs of a name for the
log ("could not …") and a function that returns a sentence for each thing it did. What deletes
expired things is due every ten minutes, everything else every second.

A duty has its effect once, even if it runs twice or in two processes: by a row's lock and a unique
key, or by an update where the old value still holds. So any number of conductors may run, one in
every `serve` among them. If one dies, nothing is left half done; the next one finds it due.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from django.db import connection

import chat.duties
import curation.duties
import people.duties
import transcripts.duties
from chat.ledger import sql
from curation.clock import database_now
from curation.clock_agreement import AGREEMENT, BOUND
from people.duties import Duty
from talktech.operations import cleanup

log = logging.getLogger(__name__)

LONGEST_STOP = 2.0  # seconds; what is half done then is rolled back
EVERY = 1.0  # seconds; a transcript must exist within five
RARELY = timedelta(minutes=10)

Due = Callable[[datetime, datetime], Iterator[Duty]]

EVERY_SECOND: tuple[Due, ...] = (curation.duties.due, chat.duties.due, transcripts.duties.due)
EVERY_TEN_MINUTES: tuple[Due, ...] = (cleanup.due, people.duties.due)


def run_once(now: datetime) -> list[str]:
    """Do everything that is due at that instant; returns what was done, a sentence each.

    A duty that fails is logged and does not stop the others.
    """
    return Conductor().do_what_is_due(now, now)


class Conductor:
    """The loop: in a thread of its own (`start`, `stop`), or in the caller's (`run`)."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.faults: dict[str, str] = {}
        self.database_is_away = False
        self.clocks_disagree = False
        self.rare_duties_at: datetime | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self.run, name="conductor", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the loop after the duty that is under way, and wait for it."""
        self.stopping.set()
        if self.thread:
            self.thread.join(timeout=LONGEST_STOP)

    def run(self) -> None:
        """Loop until `stop`. No fault ends the loop."""
        try:
            while not self.stopping.is_set():
                self.run_round()
                self.stopping.wait(EVERY)
        finally:
            connection.close()

    def run_round(self) -> None:
        """Read the clock and do what is due; without a database, log so once and try again."""
        try:
            by_database = database_now()
            now = AGREEMENT.certain(by_database)
            self.compare_clocks(now, by_database)
            for sentence in self.do_what_is_due(now, by_database):
                log.info(sentence)
        except Exception as fault:  # whatever it is, the next second tries again
            # Its connection may be what is broken.
            connection.close()
            if not self.database_is_away:
                log.warning("The conductor waits for the database: %s", fault)
            self.database_is_away = True
        else:
            if self.database_is_away:
                log.warning("The conductor has its database back.")
            self.database_is_away = False

    def compare_clocks(self, now: datetime, by_database: datetime) -> None:
        """Log once when the clocks disagree, and once when they agree again."""
        apart = by_database - now
        if self.clocks_disagree == (apart > BOUND):
            return
        self.clocks_disagree = apart > BOUND
        if self.clocks_disagree:
            log.warning(
                "The database's clock is %.1f s ahead of this host's: until they agree, nothing "
                "is closed, called off or deleted before both say that it is due",
                apart.total_seconds(),
            )
        else:
            log.warning("The database's clock and this host's agree again.")

    def do_what_is_due(self, now: datetime, by_database: datetime) -> list[str]:
        """Do it and return what was done, a sentence each.

        `now` is the instant on which all clocks agree, for what can't be undone. `by_database` is
        the database's clock alone, by which the room goes. A fault that has not changed since the
        last round is not logged again.
        """
        done: list[str] = []
        faults: dict[str, str] = {}
        for name, do in self.duties(now, by_database):
            if self.stopping.is_set():
                break
            try:
                done += do()
            except Exception as fault:
                if sql.is_away(fault):
                    raise
                faults[name] = repr(fault)
                if self.faults.get(name) != faults[name]:
                    log.exception("The conductor could not %s", name)
        self.faults = faults
        return done

    def duties(self, now: datetime, by_database: datetime) -> Iterator[Duty]:
        """All duties that may be due at that instant, each read when the one before it is done."""
        yield from chain.from_iterable(due(now, by_database) for due in EVERY_SECOND)
        if self.rare_duties_at is None or now >= self.rare_duties_at + RARELY:
            self.rare_duties_at = now
            yield from chain.from_iterable(due(now, by_database) for due in EVERY_TEN_MINUTES)
