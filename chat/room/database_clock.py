"""The database's time in this process: its monotonic clock plus an offset that is measured.

All processes on all hosts go by one clock, and a wall clock that steps turns no topic.
"""

import logging
import time
from datetime import UTC, datetime, timedelta

from curation.clock import database_now

log = logging.getLogger(__name__)

MEASURE_EVERY = 10.0
MEASURE_AGAIN_AFTER = 1.0
WORTH_A_WARNING = timedelta(seconds=2)
# Seconds. The middle of a longer round trip says little about when the answer was written.
LONGEST_TRIP = 0.2
# Seconds per second: by how much the two clocks may move apart.
DRIFT = 1e-4
CUT_OFF = timedelta(milliseconds=1)  # database_now gives whole milliseconds


class DatabaseClock:
    """Until the database was heard, the host's wall clock has to do."""

    def __init__(self) -> None:
        self.learnt_at = time.monotonic()
        self.origin = datetime.now(UTC) - timedelta(seconds=self.learnt_at)
        self.doubt = float("inf")
        self.is_apart = False

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=time.monotonic())

    @property
    def is_sure(self) -> bool:
        return self.doubt <= LONGEST_TRIP

    def measure(self) -> None:
        """Ask the database, in the thread that reads for rooms."""
        asked = time.monotonic()
        told = database_now()
        self.learn(asked, told, time.monotonic())
        if self.is_sure:
            self.compare(datetime.now(UTC))

    def compare(self, here: datetime) -> None:
        """Warn once when the host's clock goes wrong, and again only after it was right."""
        apart = abs(here - self.now())
        was_apart, self.is_apart = self.is_apart, apart > WORTH_A_WARNING
        if self.is_apart and not was_apart:
            log.warning(
                "This host's clock and the database's are %.1f s apart", apart.total_seconds()
            )

    def learn(self, asked: float, told: datetime, answered: float) -> None:
        """The database told its time at some moment between `asked` and `answered` (monotonic).

        A quick answer is taken as of half the way, if it is better than what is known. Any other
        one moves the clock no further than it proves: nobody knows which half of it was slow.
        """
        trip = answered - asked
        doubt = self.doubt + DRIFT * (answered - self.learnt_at)
        earliest = told - timedelta(seconds=answered)
        latest = told - timedelta(seconds=asked) + CUT_OFF
        if trip <= LONGEST_TRIP and trip / 2 <= doubt:
            self.origin = earliest + (latest - earliest) / 2
            self.doubt = trip / 2
        elif earliest <= self.origin <= latest:
            self.doubt = min(doubt, trip)
        else:
            # One of the clocks was set, or this is the first answer.
            self.origin = min(max(self.origin, earliest), latest)
            self.doubt = trip
        self.learnt_at = answered
