"""How much one client may send, and how often it may be mistaken, before it is sent away."""

import time
from collections import deque

from django.conf import settings

MISTAKES_A_MINUTE = 10


class Manners:
    def __init__(self) -> None:
        self.per_second = settings.CONFIG.limit_frames
        self.most = self.left = float(self.per_second * 3)
        self.since = time.monotonic()
        self.mistakes: deque[float] = deque(maxlen=MISTAKES_A_MINUTE)

    def may_send(self) -> bool:
        """Spend one frame: a steady rate, and some at once."""
        now = time.monotonic()
        self.left = min(self.most, self.left + (now - self.since) * self.per_second) - 1
        self.since = now
        return self.left >= 0

    def may_be_mistaken(self) -> bool:
        """Count a frame that was not understood; the tenth in a minute is one too many."""
        now = time.monotonic()
        self.mistakes.append(now)
        return len(self.mistakes) < MISTAKES_A_MINUTE or now - self.mistakes[0] >= 60
