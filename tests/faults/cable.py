"""A cable between a client and a server, that can be cut in the ways real ones are."""

import asyncio
import contextlib
from typing import Self

from tests.live import free_port


class Cable:
    """Leads to one server's port. What comes while it swallows is taken and goes nowhere."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.swallowing: set[asyncio.Task[None]] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self.lead, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *fault: object) -> None:
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def swallow(self) -> None:
        """Of those that are connected now: both sides believe that they still are."""
        self.swallowing = set(self.tasks)

    async def lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            theirs, ours = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self.pump(reader, ours, task))
                    both.create_task(self.pump(theirs, writer, task))
            finally:
                ours.close()
        writer.close()

    async def pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: asyncio.Task[None]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if line not in self.swallowing:
                    writer.write(data)
                    await writer.drain()
        # Of a dead line nobody hears that its other end has gone.
        if line not in self.swallowing:
            writer.close()
