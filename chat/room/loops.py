"""Loops that go on after a fault."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

AGAIN_AFTER = 1.0  # seconds


async def repeat_forever(turn: Callable[[], Awaitable[None]]) -> None:
    """Await one turn after the other until cancelled.

    A fault that nobody expected is logged, and ends only the turn in which it happens.
    """
    while True:
        try:
            await turn()
        except Exception:
            log.exception("%s failed and is tried again", turn.__qualname__)
            await asyncio.sleep(AGAIN_AFTER)
