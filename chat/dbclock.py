"""The database's time in this process: its monotonic clock plus an offset that is measured.

All processes on all hosts go by one clock, and a wall clock that steps turns no topic.
"""

import logging
import time
from datetime import UTC, datetime, timedelta

from curation.instants import read_clock

log = logging.getLogger(__name__)

MEASURE_EVERY = 10.0
WORTH_A_WARNING = timedelta(seconds=2)


class DatabaseClock:
    def __init__(self) -> None:
        self.origin = datetime.now(UTC) - timedelta(seconds=time.monotonic())

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=time.monotonic())

    def measure(self) -> None:
        """Ask the database (in the tail's thread); the answer is taken as of half the way."""
        asked = time.monotonic()
        told = read_clock()
        answered = time.monotonic()
        self.origin = told - timedelta(seconds=(asked + answered) / 2)
        apart = abs(datetime.now(UTC) - told)
        if apart > WORTH_A_WARNING:
            log.warning(
                "This host's clock and the database's are %.1f s apart", apart.total_seconds()
            )
