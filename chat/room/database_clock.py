"""The database's time in this process: its monotonic clock plus a measured offset.

So all processes on all hosts go by one clock, and a wall clock that is set changes no phase.
"""

import logging
import time
from datetime import UTC, datetime, timedelta

from curation.clock import database_now

log = logging.getLogger(__name__)

MEASURE_EVERY = 10.0
MEASURE_AGAIN_AFTER = 1.0
WORTH_A_WARNING = timedelta(seconds=2)
# Seconds. The middle of a longer round trip says little about when the database read its clock.
LONGEST_TRIP = 0.2
# Seconds per second: how fast the two clocks may drift apart.
DRIFT = 1e-4
CUT_OFF = timedelta(milliseconds=1)  # database_now gives whole milliseconds


class DatabaseClock:
    """Starts with the host's wall clock, until the database's is measured."""

    def __init__(self) -> None:
        self.measured_at = time.monotonic()
        self.origin = datetime.now(UTC) - timedelta(seconds=self.measured_at)
        self.uncertainty = float("inf")
        self.is_apart = False

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=time.monotonic())

    @property
    def is_sure(self) -> bool:
        return self.uncertainty <= LONGEST_TRIP

    def measure(self) -> None:
        """Read the database's clock; to be called in the reader's thread."""
        asked = time.monotonic()
        reading = database_now()
        self.add_measurement(asked, reading, time.monotonic())
        if self.is_sure:
            self.compare_host(datetime.now(UTC))

    def compare_host(self, host_now: datetime) -> None:
        """Warn when the host's clock goes wrong, and again only after it was right."""
        apart = abs(host_now - self.now())
        was_apart, self.is_apart = self.is_apart, apart > WORTH_A_WARNING
        if self.is_apart and not was_apart:
            log.warning(
                "This host's clock and the database's are %.1f s apart", apart.total_seconds()
            )

    def add_measurement(self, asked: float, reading: datetime, answered: float) -> None:
        """The database's clock showed `reading` between `asked` and `answered` (monotonic seconds).

        A quick answer counts as read halfway, if that is more certain than what is known. Any other
        one moves the clock only as far as it proves it wrong: either half may have been slow.
        """
        trip = answered - asked
        uncertainty = self.uncertainty + DRIFT * (answered - self.measured_at)
        earliest = reading - timedelta(seconds=answered)
        latest = reading - timedelta(seconds=asked) + CUT_OFF
        if trip <= LONGEST_TRIP and trip / 2 <= uncertainty:
            self.origin = earliest + (latest - earliest) / 2
            self.uncertainty = trip / 2
        elif earliest <= self.origin <= latest:
            self.uncertainty = min(uncertainty, trip)
        else:
            # One of the clocks was set, or this is the first answer.
            self.origin = min(max(self.origin, earliest), latest)
            self.uncertainty = trip
        self.measured_at = answered
