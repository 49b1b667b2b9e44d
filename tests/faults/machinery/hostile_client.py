"""A signed-in client that attacks the room, run as a separate process until it is killed.

    python -m tests.faults.machinery.hostile_client URL COOKIES ORIGIN

It floods four sockets with frames, pings and fragments, reconnects at once when they are closed,
opens forty more tabs, and reads nothing on one of its sockets.
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

Attack = Callable[[ClientConnection], Awaitable[None]]


class HostileClient:
    def __init__(self, url: str, cookies: str, origin: str) -> None:
        self.url = url
        self.headers = {"Cookie": cookies}
        self.origin = Origin(origin)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as attacks:
            for frame in (FRAME, LONGEST):
                attacks.create_task(self.repeat(partial(self.flood, frame)))
            for attack in (self.ping, self.fragment):
                attacks.create_task(self.repeat(attack))
            attacks.create_task(self.repeat(self.read_nothing))
            for _ in range(TABS):
                attacks.create_task(self.repeat(self.stay))

    async def repeat(self, attack: Attack) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(
                    self.url, additional_headers=self.headers, origin=self.origin, close_timeout=0.1
                ) as socket:
                    await socket.send(json.dumps({"type": "hello", "after": 0}))
                    await attack(socket)
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
    asyncio.run(HostileClient(*sys.argv[1:]).run())
