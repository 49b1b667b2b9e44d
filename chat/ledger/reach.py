"""Whether this process reaches its database, by what its threads ask of it and what they hear.

Each way to it has a thread: one stores, one reads. A call that has not returned counts as much as
one that failed, because a server that is frozen refuses nothing.
"""

import logging
import time

from chat.ledger import sql

PATIENCE = 3.0  # seconds: as long as a post waits, too


class Way:
    """One thread's way: written by that thread, read by any."""

    def __init__(self) -> None:
        self.failing_since: float | None = None
        self.reason = ""

    def begin(self) -> None:
        """Something is asked. As long as nothing was answered, the first question counts."""
        if self.failing_since is None:
            self.failing_since = time.monotonic()

    def succeed(self) -> None:
        self.failing_since, self.reason = None, ""

    def fail(self, fault: Exception) -> None:
        self.reason = " ".join(str(fault).split())

    def is_cut_off(self, now: float) -> bool:
        since = self.failing_since
        return since is not None and now - since > PATIENCE


class Reach:
    """Both ways, and what is said of them: once when they are cut off, once when they are back."""

    def __init__(self) -> None:
        self.reading = Way()
        self.storing = Way()
        self.cut_off_at: float | None = None

    @property
    def is_cut_off(self) -> bool:
        return self.cut_off_at is not None

    def look(self) -> str | None:
        """A sentence when it has changed since the last look."""
        now = time.monotonic()
        ways = [way for way in (self.storing, self.reading) if way.is_cut_off(now)]
        if ways and self.cut_off_at is None:
            self.cut_off_at = now - PATIENCE
            reason = next((way.reason for way in ways if way.reason), "it does not answer")
            what = "Posts wait" if self.storing in ways else "Rooms are not up to date"
            return f"{what}, the database can't be used: {reason}"
        if not ways and self.cut_off_at is not None:
            seconds, self.cut_off_at = now - self.cut_off_at, None
            return f"The database can be used again, after {seconds:.0f} s"
        return None


def log_fault(log: logging.Logger, sentence: str, fault: Exception) -> None:
    """Not where it is one more sign of a database that is away: that is said once, by the hub."""
    log.log(logging.DEBUG if sql.is_away(fault) else logging.WARNING, "%s: %s", sentence, fault)
