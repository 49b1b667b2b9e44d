"""A company's proxy between browser and server: plain HTTP passes, WebSockets only if it may."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine

from tests.support.live import free_port

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    def __init__(self) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.target = 0
        self.lets_sockets_through = False
        self.refused = 0
        self.sockets: set[asyncio.StreamWriter] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "Proxy":
        # In a thread of its own, because signing in holds up the tests' loop.
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.do(self.open())
        return self

    def __exit__(self, *fault: object) -> None:
        self.do(self.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=10)

    async def open(self) -> None:
        self.server = await asyncio.start_server(self.meet, "127.0.0.1", self.port)

    async def close(self) -> None:
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self.lead(reader, writer)
        writer.close()

    async def lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_socket = b"upgrade: websocket" in head.lower()
        if is_socket and not self.lets_sockets_through:
            self.refused += 1
            writer.write(REFUSAL)
            await writer.drain()
            return
        if is_socket:
            self.sockets.add(writer)
        theirs, ours = await asyncio.open_connection("127.0.0.1", self.target)
        ours.write(head)
        there = asyncio.create_task(pump(reader, ours))
        back = asyncio.create_task(pump(theirs, writer))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            ours.close()
            self.sockets.discard(writer)

    def shut_sockets(self) -> None:
        """Cut those that there are, and let none through any more."""
        self.lets_sockets_through = False
        self.do(self.cut())

    async def cut(self) -> None:
        for writer in self.sockets:
            writer.transport.abort()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
