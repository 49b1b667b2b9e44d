"""When Python looks for garbage: between sessions, and not between two posts.

With a thousand people here a full collection stops everything for more than a tenth of a second,
and Python would have one whenever a quarter of its objects are new. So what is here to stay is
frozen, which takes it out of the search: at the start, after every hundred who came, and all of it
anew in each quiet moment.
"""

import gc
import logging
import time

log = logging.getLogger(__name__)

MANY_CAME = 100
# What was frozen and has gone since is found in a quiet moment only; there may never be one.
MANY_WENT = 2_000


class GarbageCollector:
    def __init__(self) -> None:
        self.came = self.went = 0
        self.freeze_all()

    def look(self, *, is_quiet: bool) -> None:
        """Once in a while: tidy up as much as is due."""
        if self.went >= MANY_WENT or (is_quiet and self.came + self.went):
            self.freeze_all()
        elif self.came >= MANY_CAME:
            self.freeze_new()

    def freeze_all(self) -> None:
        begun = time.perf_counter()
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self.came = self.went = 0
        log.debug("Looked for garbage for %.0f ms", (time.perf_counter() - begun) * 1000)

    def freeze_new(self) -> None:
        """Costs a few milliseconds for those who came since the last time."""
        gc.collect()
        gc.freeze()
        self.came = 0
