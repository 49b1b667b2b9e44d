"""A hostile neighbour in a process of its own, who is signed in as anybody is.

    python -m tests.faults.machinery.hostile_client URL COOKIES ORIGIN

Floods through four sockets, with frames and below them, and comes back at once when closed, tries
for forty tabs, and reads nothing in one of them; until it is killed.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

FRAME = json.dumps({"type": "ping", "t": 1})
LONGEST = json.dumps({"type": "post", "id": "no id", "body": "x" * 30_000})
TABS = 40

Deed = Callable[[ClientConnection], Awaitable[None]]


class Neighbour:
    def __init__(self, url: str, cookies: str, origin: str) -> None:
        self.url = url
        self.headers = {"Cookie": cookies}
        self.origin = Origin(origin)

    async def live(self) -> None:
        async with asyncio.TaskGroup() as all_at_once:
            for frame in (FRAME, LONGEST):
                all_at_once.create_task(self.again_and_again(partial(self.flood, frame)))
            for below in (self.ping, self.fragment):
                all_at_once.create_task(self.again_and_again(below))
            all_at_once.create_task(self.again_and_again(self.read_nothing))
            for _ in range(TABS):
                all_at_once.create_task(self.again_and_again(self.stay))

    async def again_and_again(self, deed: Deed) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(
                    self.url, additional_headers=self.headers, origin=self.origin, close_timeout=0.1
                ) as socket:
                    await socket.send(json.dumps({"type": "hello", "after": 0}))
                    await deed(socket)
            await asyncio.sleep(0.05)

    async def flood(self, frame: str, socket: ClientConnection) -> None:
        while True:
            await socket.send(frame)

    async def ping(self, socket: ClientConnection) -> None:
        while True:
            await socket.ping()

    async def fragment(self, socket: ClientConnection) -> None:
        await socket.send(" " for _ in range(10**9))

    async def read_nothing(self, socket: ClientConnection) -> None:
        socket.transport.pause_reading()
        await asyncio.sleep(60)

    async def stay(self, socket: ClientConnection) -> None:
        async for _ in socket:
            pass


if __name__ == "__main__":
    asyncio.run(Neighbour(*sys.argv[1:]).live())
