"""How often one client may send.

Allowances go by this process's monotonic clock: they bound work here and decide nothing else.
"""

import time

from django.conf import settings

AT_ONCE = 3  # seconds' worth that may come at once
MISTAKES_A_MINUTE = 10


class Allowance:
    """So much a second, and some at once."""

    __slots__ = ("left", "most", "per_second", "since")

    def __init__(self, per_second: float, at_once: float) -> None:
        self.per_second = per_second
        self.most = self.left = float(at_once)
        self.since = time.monotonic()

    def take(self, amount: float = 1) -> bool:
        """False if less than that is left; then nothing is taken."""
        now = time.monotonic()
        left = min(self.most, self.left + (now - self.since) * self.per_second)
        self.since = now
        self.left = left - amount if left >= amount else left
        return left >= amount

    def wait(self, amount: float = 1) -> float:
        """Seconds until that much can be taken."""
        self.take(0)
        return max(0.0, (min(amount, self.most) - self.left) / self.per_second)

    @property
    def is_full(self) -> bool:
        self.take(0)
        return self.left >= self.most


class RateLimit:
    """How often a client may send, and how often it may send what is not understood."""

    def __init__(self, tabs: int = 1) -> None:
        rate = settings.CONFIG.limit_frames * tabs
        self.frames = Allowance(rate, rate * AT_ONCE)
        self.mistakes: list[float] = []

    def may_send(self) -> bool:
        return self.frames.take()

    def may_be_mistaken(self) -> bool:
        """Count a frame that was not understood; the tenth in a minute is one too many."""
        now = time.monotonic()
        self.mistakes = [*self.mistakes[1 - MISTAKES_A_MINUTE :], now]
        return len(self.mistakes) < MISTAKES_A_MINUTE or now - self.mistakes[0] >= 60

    @property
    def is_unused(self) -> bool:
        """Would forgetting this give nothing away?"""
        is_forgiven = not self.mistakes or time.monotonic() - self.mistakes[-1] >= 60
        return self.frames.is_full and is_forgiven
