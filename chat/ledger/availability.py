"""Whether this process can use its database, judged by the calls of its two threads.

One thread stores, one reads. A call that has not returned counts as much as one that failed,
because a server that is frozen refuses nothing.
"""

import logging
import time

from chat.ledger import sql

PATIENCE = 3.0  # seconds; also how long a post waits


class CallMonitor:
    """The database calls of one thread: written by that thread, read by any."""

    def __init__(self) -> None:
        self.failing_since: float | None = None
        self.reason = ""

    def begin(self) -> None:
        """A call begins. Until one is answered, the time of the first unanswered call counts."""
        if self.failing_since is None:
            self.failing_since = time.monotonic()

    def succeed(self) -> None:
        self.failing_since, self.reason = None, ""

    def fail(self, fault: Exception) -> None:
        self.reason = " ".join(str(fault).split())

    def is_cut_off(self, now: float) -> bool:
        since = self.failing_since
        return since is not None and now - since > PATIENCE


class DatabaseAvailability:
    """Both threads together: whether this process is cut off, and a sentence when that changes."""

    def __init__(self) -> None:
        self.reading = CallMonitor()
        self.storing = CallMonitor()
        self.cut_off_at: float | None = None

    @property
    def is_cut_off(self) -> bool:
        return self.cut_off_at is not None

    def check(self) -> str | None:
        """A sentence for the log if it has changed since the last check."""
        now = time.monotonic()
        failing = [one for one in (self.storing, self.reading) if one.is_cut_off(now)]
        if failing and self.cut_off_at is None:
            self.cut_off_at = now - PATIENCE
            reason = next((one.reason for one in failing if one.reason), "it does not answer")
            what = "Posts wait" if self.storing in failing else "Rooms are not up to date"
            return f"{what}, the database can't be used: {reason}"
        if not failing and self.cut_off_at is not None:
            seconds, self.cut_off_at = now - self.cut_off_at, None
            return f"The database can be used again, after {seconds:.0f} s"
        return None


def log_fault(log: logging.Logger, sentence: str, fault: Exception) -> None:
    """Log a warning; only a debug line where the database is away, of which the hub warns once."""
    log.log(logging.DEBUG if sql.is_away(fault) else logging.WARNING, "%s: %s", sentence, fault)
