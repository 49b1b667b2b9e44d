"""The instant that all clocks of this process agree has come: the clock for what can't be undone.

A session that is closed stays closed and what is deleted is gone, so a clock that is ahead for two
seconds must do neither. There are three: the database's, this host's, and this process's steady
one, which goes on evenly when the host's is set. On one machine the first two are the same clock,
and only the third notices a step. The earliest of them holds: to close later than could be does no
harm, for the ledger takes no post after the end by the database's clock.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from curation.clock import database_now

# What clocks that are kept right differ by at most.
BOUND = timedelta(seconds=1)
# Seconds for which a clock that was set must go on evenly until it is believed.
SETTLED = 60.0
# Goes on while the machine sleeps, where the system has such a clock.
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def host_clock() -> datetime:
    return datetime.now(UTC)


def steady_clock() -> float:
    return time.clock_gettime(STEADY)


class Agreement:
    def __init__(
        self,
        host: Callable[[], datetime] = host_clock,
        steady: Callable[[], float] = steady_clock,
    ) -> None:
        self.host = host
        self.steady = steady
        self.lock = threading.Lock()
        # The host's time when the steady clock was at 0: as it is believed, and as it was last.
        self.origin = self.last = host() - timedelta(seconds=steady())
        self.last_since = steady()

    def certain(self, by_database: datetime) -> datetime:
        """The earliest of the three clocks, given what the database's says."""
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
    """This instant, or an earlier one while this process's clocks disagree."""
    return AGREEMENT.certain(database_now())
