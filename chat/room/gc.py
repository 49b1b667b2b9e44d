"""When Python collects garbage: between sessions, and not between two posts.

With a thousand people here a full collection stops everything for more than a tenth of a second,
and Python would run one whenever a quarter of its objects are new. So the objects that will stay
are frozen, which takes them out of the search: at the start, after every hundred arrivals, and all
of them again in each quiet moment.
"""

import gc
import logging
import time

log = logging.getLogger(__name__)

MANY_ARRIVALS = 100
# A frozen object that has become garbage is found in a quiet moment only; there may never be one.
MANY_DEPARTURES = 2_000


class GarbageCollector:
    def __init__(self) -> None:
        self.arrivals = self.departures = 0
        self.freeze_all()

    def collect_if_due(self, *, is_quiet: bool) -> None:
        """To be called every few seconds."""
        if self.departures >= MANY_DEPARTURES or (is_quiet and self.arrivals + self.departures):
            self.freeze_all()
        elif self.arrivals >= MANY_ARRIVALS:
            self.freeze_new()

    def freeze_all(self) -> None:
        began = time.perf_counter()
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self.arrivals = self.departures = 0
        log.debug("Collected garbage in %.0f ms", (time.perf_counter() - began) * 1000)

    def freeze_new(self) -> None:
        """Takes a few milliseconds for the objects made since the last time."""
        gc.collect()
        gc.freeze()
        self.arrivals = 0
