"""A TCP proxy between a client and a server that can lose data without closing connections."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, Self

from tests.support.live import free_port


class TcpProxy:
    """Forwards to one server's port. Data on a black-holed connection is read and discarded."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.black_holed: set[asyncio.Task[None]] = set()
        self.drops_everything = False
        self.tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self.forward, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *fault: object) -> None:
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def drop_current_connections(self) -> None:
        """Discard all data on the current connections, without closing them: both ends believe that
        they are still connected."""
        self.black_holed = set(self.tasks)

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                async with asyncio.TaskGroup() as directions:
                    directions.create_task(self.copy(reader, to_server, task))
                    directions.create_task(self.copy(from_server, writer, task))
            finally:
                to_server.close()
        writer.close()

    async def copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connection: asyncio.Task[None],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self.drops_everything:
                    self.black_holed.add(connection)
                if connection not in self.black_holed:
                    writer.write(data)
                    await writer.drain()
        # On a black-holed connection, neither end learns that the other has closed.
        if connection not in self.black_holed:
            writer.close()


class BackgroundProxy:
    """A `TcpProxy` in a thread, for server processes that start before a test's loop."""

    def __init__(self, target: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.proxy = TcpProxy(target)
        self.run(self.proxy.__aenter__())
        self.port = self.proxy.port

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def drop_everything(self) -> None:
        """Discard all data from now on, on new connections as well."""
        self.proxy.drops_everything = True

    def forward_again(self) -> None:
        """Forward new connections. Those that lost data stay black-holed."""
        self.proxy.drops_everything = False

    def close(self) -> None:
        self.run(self.proxy.__aexit__())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
