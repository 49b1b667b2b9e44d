"""A cable between a client and a server, that can be cut in the ways real ones are."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, Self

from tests.support.live import free_port


class Cable:
    """Leads to one server's port. What comes while it swallows is taken and goes nowhere."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.swallowing: set[asyncio.Task[None]] = set()
        self.swallows_all = False
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
                if self.swallows_all:
                    self.swallowing.add(line)
                if line not in self.swallowing:
                    writer.write(data)
                    await writer.drain()
        # Of a dead line nobody hears that its other end has gone.
        if line not in self.swallowing:
            writer.close()


class Line:
    """A cable that leads to a service, for processes that start before any test's loop does."""

    def __init__(self, target: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.cable = Cable(target)
        self.run(self.cable.__aenter__())
        self.port = self.cable.port

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def lose(self) -> None:
        """From now on all that is sent is lost, on new connections as well."""
        self.cable.swallows_all = True

    def heal(self) -> None:
        """New connections get through; the others lost bytes and never will."""
        self.cable.swallows_all = False

    def close(self) -> None:
        self.run(self.cable.__aexit__())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
