"""How much one client, and one person over all of their tabs, may ask for.

Allowances go by this process's monotonic clock: they bound work here and decide nothing else.
"""

import asyncio
import time
from datetime import timedelta
from math import ceil

from django.conf import settings

from chat.law import rules
from chat.law.rules import Refused
from chat.wire.close_codes import TOO_MANY, NotAdmitted

AT_ONCE = 3  # seconds' worth that may come at once
MISTAKES_A_MINUTE = 10
# What writes to the database or the audit log by a click: nobody clicks faster for long.
CHOICES, CHOICES_AT_ONCE = 3, 12
TYPING, TYPING_AT_ONCE = 1, 5
# Posts, and as many edits: they are rendered before anybody knows whether they may be taken, and
# everybody's posts wait meanwhile. Several times what the pace of one person lets through.
TEXTS, TEXTS_AT_ONCE = 3, 60
# Posts and people written out in `welcome`s, for each of the tabs that a person may have: all of
# them may come at once to a full session, and then it is as much as a hundredth of a processor.
TOLD, TOLD_AT_ONCE = 400, 4_000
# Less than the silence after which browsers take a link for dead.
LONGEST_TURN = 8.0


class Allowance:
    """So much a second, and some at once."""

    __slots__ = ("left", "most", "per_second", "since")

    def __init__(self, per_second: float, at_once: float) -> None:
        self.per_second = per_second
        self.most = self.left = float(at_once)
        self.since = time.monotonic()

    def take(self, amount: float = 1) -> bool:
        """False, and nothing is taken, if there is not so much."""
        now = time.monotonic()
        left = min(self.most, self.left + (now - self.since) * self.per_second)
        self.since = now
        self.left = left - amount if left >= amount else left
        return left >= amount

    def wait(self, amount: float = 1) -> float:
        """Seconds until there is so much."""
        self.take(0)
        return max(0.0, (min(amount, self.most) - self.left) / self.per_second)

    @property
    def is_full(self) -> bool:
        self.take(0)
        return self.left >= self.most


class RateLimit:
    """How often a client may send, and how often it may be mistaken."""

    def __init__(self, tabs: int = 1) -> None:
        rate = settings.CONFIG.limit_frames * tabs
        self.frames = Allowance(rate, rate * AT_ONCE)
        self.mistakes: list[float] = []

    def may_send(self) -> bool:
        return self.frames.take()

    @property
    def is_unused(self) -> bool:
        """Would forgetting this give nothing away?"""
        is_forgiven = not self.mistakes or time.monotonic() - self.mistakes[-1] >= 60
        return self.frames.is_full and is_forgiven

    def may_be_mistaken(self) -> bool:
        """Count a frame that was not understood; the tenth in a minute is one too many."""
        now = time.monotonic()
        self.mistakes = [*self.mistakes[1 - MISTAKES_A_MINUTE :], now]
        return len(self.mistakes) < MISTAKES_A_MINUTE or now - self.mistakes[0] >= 60


class PersonLimits:
    """What one person may ask of this process, over all of their tabs and rooms."""

    def __init__(self) -> None:
        self.requests = RateLimit(tabs=2)
        self.choices = Allowance(CHOICES, CHOICES_AT_ONCE)
        self.typing = Allowance(TYPING, TYPING_AT_ONCE)
        config = settings.CONFIG
        self.posts = texts(config.limit_posts, rules.POST_WINDOW)
        self.edits = texts(config.limit_changes, rules.CHANGE_WINDOW)
        tabs = config.limit_sockets
        self.told = Allowance(TOLD * tabs, TOLD_AT_ONCE * tabs)

    def check_choice(self, ref: str | None) -> None:
        """Raises Refused."""
        if not self.choices.take():
            raise too_fast(self.choices, ref, "Too many requests. Wait a moment.")

    async def take_turn(self, size: int) -> None:
        """Wait until a `welcome` of so many posts and people may be written. Raises NotAdmitted."""
        told = self.told
        size = min(size, int(told.most))
        wait = told.wait(size)
        if wait > LONGEST_TURN:
            raise NotAdmitted(TOO_MANY)
        # Taken now, so that whoever asks next waits behind us.
        told.left -= size
        if wait:
            await asyncio.sleep(wait)

    @property
    def is_unused(self) -> bool:
        """Would forgetting these limits give nothing away?"""
        allowances = (self.choices, self.typing, self.told, self.posts, self.edits)
        return self.requests.is_unused and all(one.is_full for one in allowances if one)


def texts(most: int, pace: timedelta) -> Allowance | None:
    """For texts of which the settings let so many through in that time; None where it is any."""
    if not most:
        return None
    return Allowance(max(TEXTS, most / pace.total_seconds()), max(TEXTS_AT_ONCE, most))


def too_fast(allowance: Allowance, ref: str | None, reason: str = "") -> Refused:
    wait = max(1, ceil(allowance.wait()))
    return Refused("too_fast", reason, retry_after=wait, ref=ref)
