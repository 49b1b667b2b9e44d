"""Periodic work: once a second, whatever is due.

Each app says what is due and sees to it that doing it twice, or in two processes, has its effect
once: by a row's lock and a unique key, or by an update where the old value still holds. So any
number of conductors may run, one in every `serve` among them, and it does not matter which one is
first. Who dies leaves nothing half done; the next one finds it due.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from django.db import connection

from chat import prompts
from chat.ledger import sql, store
from curation.clock import database_now
from curation.clock_agreement import AGREEMENT, BOUND
from curation.models import Series
from curation.rota import schedule
from talktech.operations import cleanup
from transcripts import archive

log = logging.getLogger(__name__)

LONGEST_STOP = 2.0  # seconds; what is half done then is undone, or done
EVERY = 1.0  # seconds; a transcript must exist within five
TIDY_EVERY = timedelta(minutes=10)

Task = tuple[str, Callable[[], list[str]]]


def run_once(now: datetime) -> list[str]:
    """Do what is due at that instant, and say what was done, a sentence each.

    A task that fails is logged and keeps none of the others from being done.
    """
    return Conductor().do_what_is_due(now, now)


def tasks(now: datetime, by_database: datetime) -> Iterator[Task]:
    """Everything that may be due at that instant, each with a name for the log.

    `now` is what all clocks agree on: what is called off, closed or deleted stays so. What the
    ledger judges itself goes by the database's clock alone, as the room does.
    """
    yield "call off what was never published", partial(call_off, now)
    for session_id, prompt_id in prompts.due(by_database):
        yield f"post prompt {prompt_id}", partial(prompt, session_id, prompt_id)
    for session_id in archive.due(now):
        yield f"write the transcript of session {session_id}", partial(write, session_id)
    yield "forget what only running sessions need", partial(forget, now)
    if by_database - now <= BOUND:  # or weeks that are long past would be filled
        for series in Series.objects.all():
            yield f"plan the sessions of {series}", partial(plan, series, now)


def call_off(now: datetime) -> list[str]:
    return [
        f"Called off session {pk}, which was never published."
        for pk in schedule.call_off_unpublished(now)
    ]


def prompt(session_id: int, prompt_id: int) -> list[str]:
    is_posted = prompts.post(session_id, prompt_id)
    return [f"Posted prompt {prompt_id} of session {session_id}."] if is_posted else []


def write(session_id: int) -> list[str]:
    transcript = archive.archive(session_id)
    return [f"The transcript of session {session_id} is there: {transcript.post_count} posts."]


def forget(now: datetime) -> list[str]:
    count = store.forget(now)
    return [f"Deleted {count} notes of sessions that are long over."] if count else []


def plan(series: Series, now: datetime) -> list[str]:
    return [f"Planned {session.date} of {series}." for session in schedule.plan(series, now)]


class Conductor:
    """The loop: in a thread of its own (`start`, `stop`), or in the caller's (`run`)."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.faults: dict[str, str] = {}
        self.database_is_away = False
        self.clocks_disagree = False
        self.tidied_at: datetime | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self.run, name="conductor", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the loop after the task that is under way; waits for it."""
        self.stopping.set()
        if self.thread:
            self.thread.join(timeout=LONGEST_STOP)

    def run(self) -> None:
        """Until `stop`. Nothing that goes wrong ends it."""
        try:
            while not self.stopping.is_set():
                self.round()
                self.stopping.wait(EVERY)
        finally:
            connection.close()

    def round(self) -> None:
        """Read the clock and do what is due; without a database, say so once and try again."""
        try:
            by_database = database_now()
            now = AGREEMENT.certain(by_database)
            self.compare(now, by_database)
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

    def compare(self, now: datetime, by_database: datetime) -> None:
        """Say once when the clocks disagree, and once when they agree again."""
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
        """As `run_once`; what fails again as it did before is not logged again."""
        done: list[str] = []
        faults: dict[str, str] = {}
        for name, do in chain(tasks(now, by_database), self.now_and_then(now)):
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

    def now_and_then(self, now: datetime) -> Iterator[Task]:
        """What is due more rarely than every second."""
        if self.tidied_at is None or now >= self.tidied_at + TIDY_EVERY:
            self.tidied_at = now
            yield "tidy up", partial(cleanup.tidy, now)
