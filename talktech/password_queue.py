"""The queue of requests that may hash a password: two at a time, from each address in turn."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

AT_ONCE = 2
MOST_OF_AN_ADDRESS = 500  # an office that signs in in the same second
MOST = 2_000
PATHS = ("/accounts/", "/welcome/")
BUSY = b"Many people are signing in right now. Wait a moment, then try again."


class PasswordQueue:
    """ASGI. Who waits here takes neither a thread nor a connection to the database.

    300 colleagues who sign in together would otherwise be 300 threads with a connection each, of
    which PostgreSQL has a hundred, while only one password is hashed at a time. Daphne has read
    the body before it asks us, so a slow client cannot hold a place.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.free = AT_ONCE
        self.lines: dict[str, deque[asyncio.Future[None]]] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["method"] != "POST" or not scope["path"].startswith(PATHS):
            await self.app(scope, receive, send)
            return
        address = client_address(scope)
        if len(self.lines.get(address, ())) >= MOST_OF_AN_ADDRESS or self.length >= MOST:
            await refuse(send)
            return
        await self.my_turn(address)
        with self.place():
            await self.app(scope, receive, send)

    @property
    def length(self) -> int:
        return sum(map(len, self.lines.values()))

    async def my_turn(self, address: str) -> None:
        """Return when there is a place, which the caller then holds."""
        if self.free:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self.lines.setdefault(address, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.next_turn()
            raise

    @contextmanager
    def place(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.next_turn()

    def next_turn(self) -> None:
        """Hand the place on, to another address if one waits."""
        while self.lines:
            address = next(iter(self.lines))
            line = self.lines.pop(address)
            turn = line.popleft()
            if line:
                self.lines[address] = line  # behind the others
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


def client_address(scope: dict[str, Any]) -> str:
    """Where a request came from, as far as our own proxies say."""
    trusted = settings.CONFIG.trusted_proxies
    if trusted:
        headers = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        hops = b",".join(headers).split(b",")
        if len(hops) >= trusted and hops[-trusted].strip():
            return hops[-trusted].strip().decode("latin-1")
    return str((scope.get("client") or ("",))[0])


async def refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"10")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": BUSY})
