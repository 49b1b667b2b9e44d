"""How much one person, over all of their tabs and rooms, may ask of this process."""

import asyncio
from datetime import timedelta
from math import ceil

from django.conf import settings

from chat.edges.rate_limit import Allowance, RateLimit
from chat.law import rules
from chat.law.rules import Refused
from chat.wire.close_codes import TOO_MANY, NotAdmitted

# Each pair: so many a second, and so many at once.
# What writes to the database or the audit log by a click: nobody clicks faster for long.
CHOICES, CHOICES_AT_ONCE = 3, 12
TYPING, TYPING_AT_ONCE = 1, 5
# Posts, and as many edits: they are rendered before it is known whether they are accepted, and
# everybody's posts wait meanwhile. Several times what the limits on one person let through.
TEXTS, TEXTS_AT_ONCE = 3, 60
# Posts and people written out in `welcome`s, for each of the tabs that a person may have: all of
# them may come at once to a full session, and then it is as much as a hundredth of a processor.
WELCOMED, WELCOMED_AT_ONCE = 400, 4_000
# Seconds; less than the silence after which browsers take a link for dead.
LONGEST_TURN = 8.0


class PersonLimits:
    def __init__(self) -> None:
        self.requests = RateLimit(tabs=2)
        self.choices = Allowance(CHOICES, CHOICES_AT_ONCE)
        self.typing = Allowance(TYPING, TYPING_AT_ONCE)
        config = settings.CONFIG
        self.posts = texts(config.limit_posts, rules.POST_WINDOW)
        self.edits = texts(config.limit_changes, rules.CHANGE_WINDOW)
        tabs = config.limit_sockets
        self.welcomed = Allowance(WELCOMED * tabs, WELCOMED_AT_ONCE * tabs)

    def check_choice(self, ref: str | None) -> None:
        """Raises Refused."""
        if not self.choices.take():
            raise too_fast(self.choices, ref, "Too many requests. Wait a moment.")

    async def take_turn(self, size: int) -> None:
        """Wait until a `welcome` of so many posts and people may be written. Raises NotAdmitted."""
        welcomed = self.welcomed
        size = min(size, int(welcomed.most))
        wait = welcomed.wait(size)
        if wait > LONGEST_TURN:
            raise NotAdmitted(TOO_MANY)
        # Taken now, so that the next request waits behind this one.
        welcomed.left -= size
        if wait:
            await asyncio.sleep(wait)

    @property
    def is_unused(self) -> bool:
        """Would forgetting these limits give nothing away?"""
        allowances = (self.choices, self.typing, self.welcomed, self.posts, self.edits)
        return self.requests.is_unused and all(one.is_full for one in allowances if one)


def texts(most: int, window: timedelta) -> Allowance | None:
    """An allowance no tighter than the settings: `most` in a window, or any number if that is 0."""
    if not most:
        return None
    return Allowance(max(TEXTS, most / window.total_seconds()), max(TEXTS_AT_ONCE, most))


def too_fast(allowance: Allowance, ref: str | None, reason: str = "") -> Refused:
    wait = max(1, ceil(allowance.wait()))
    return Refused("too_fast", reason, retry_after=wait, ref=ref)
