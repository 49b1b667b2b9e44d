"""Loops that outlive a fault in one of their turns."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

AGAIN_AFTER = 1.0


async def keep(turn: Callable[[], Awaitable[None]]) -> None:
    """Take one turn after the other. A fault that nobody expected is logged, and ends one turn."""
    while True:
        try:
            await turn()
        except Exception:
            log.exception("%s failed and is tried again", turn.__qualname__)
            await asyncio.sleep(AGAIN_AFTER)
