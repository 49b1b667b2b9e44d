"""The instant on which three clocks agree, for everything that can't be undone.

A session that is closed stays closed, and what is deleted is gone. So a clock that is two seconds
ahead must cause neither. The three clocks are the database's, this host's, and a steady one of this
process, which a change of the host's clock does not affect. On one machine the first two are the
same clock, and only the third notices a step. The earliest of the three counts. Closing late does
no harm, because the ledger takes no post after the end by the database's clock.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from curation.clock import database_now

# Clocks that are kept in step differ by no more.
BOUND = timedelta(seconds=1)
# Seconds that a clock must run evenly after it was set, before it is trusted.
SETTLED = 60.0
# A clock that also runs while the machine sleeps, if the system has one.
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def host_clock() -> datetime:
    return datetime.now(UTC)


def steady_clock() -> float:
    return time.clock_gettime(STEADY)


class Agreement:
    """Compares the clocks of one process over time; safe to use from several threads."""

    def __init__(
        self,
        host: Callable[[], datetime] = host_clock,
        steady: Callable[[], float] = steady_clock,
    ) -> None:
        self.host = host
        self.steady = steady
        self.lock = threading.Lock()
        # The host's time when the steady clock was at 0: the trusted one, and the one last seen.
        self.origin = self.last = host() - timedelta(seconds=steady())
        self.last_since = steady()

    def certain(self, by_database: datetime) -> datetime:
        """The earliest of the three clocks, given the time by the database's."""
        with self.lock:
            host, steady = self.host(), self.steady()
            origin = host - timedelta(seconds=steady)
            if abs(origin - self.last) > BOUND:
                self.last, self.last_since = origin, steady
            if abs(origin - self.origin) <= BOUND or steady - self.last_since >= SETTLED:
                self.origin = self.last = origin
            evenly = self.origin + timedelta(seconds=steady)
            return min(by_database, host, evenly)


AGREEMENT = Agreement()


def certain_now() -> datetime:
    """The current instant, or an earlier one while the clocks disagree."""
    return AGREEMENT.certain(database_now())
