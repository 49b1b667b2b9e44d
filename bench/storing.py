"""Storing alone, in one process without sockets: fifty writers, each waiting for its answer.

    python -m bench.storing SECONDS

Through the room's writer and ledger, and with one ORM `create` per post. Prints one line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

from channels.db import database_sync_to_async

import bench.people as people
from bench.pattern import store
from chat.law.commands import NewPost, Submission
from chat.law.sign_ins import SignIn
from chat.ledger.writer import Writer
from people.models import User

WRITERS = 50
Say = Callable[[User], Awaitable[object]]


async def race(writers: list[User], say: Say, seconds: float) -> dict[str, float]:
    """Posts a second when each of them posts again as soon as the last one is stored."""
    waits: list[float] = []
    end = time.monotonic() + seconds

    async def write(author: User) -> None:
        while (begun := time.monotonic()) < end:
            await say(author)
            waits.append(time.monotonic() - begun)

    begun = time.monotonic()
    await asyncio.gather(*(write(author) for author in writers))
    took = time.monotonic() - begun
    waits.sort()
    return {
        "per_second": len(waits) / took,
        "p50": waits[len(waits) // 2] * 1000,
        "p99": waits[int(len(waits) * 0.99)] * 1000,
    }


async def measure(
    rooms: tuple[int, int], authors: list[User], sign_ins: dict[int, SignIn], seconds: float
) -> dict[str, dict[str, float]]:
    writer = Writer(asyncio.get_running_loop(), lambda session, revision, committed: None)

    async def by_ledger(author: User) -> None:
        by = sign_ins[author.pk]
        await writer.take(
            rooms[0], Submission(author.pk, NewPost(people.SAID), uuid4(), sign_in=by)
        )

    async def by_orm(author: User) -> None:
        await database_sync_to_async(store)(rooms[1], author, str(uuid4()), people.SAID)

    ledger = await race(authors, by_ledger, seconds)
    writer.stop()
    return {"ledger": ledger, "orm": await race(authors, by_orm, seconds)}


def main(seconds: float) -> None:
    authors = list(User.objects.order_by("pk")[:WRITERS])
    rooms = people.room(0), people.room(0)
    print(json.dumps(asyncio.run(measure(rooms, authors, people.sign_ins(), seconds))))


if __name__ == "__main__":
    if core := os.environ.get("BENCH_CORE"):
        os.sched_setaffinity(0, {int(core)})
    main(float(sys.argv[1]))
