"""The queue in front of Django: so many requests at a time, from each address in turn."""

import asyncio
from collections import deque
from typing import Any

from django.conf import settings

from talktech.server import connections

PASSWORDS_AT_ONCE = 2
EMAILS_AT_ONCE = 2
PAGES_AT_ONCE = 16
MOST_OF_AN_ADDRESS = 500  # an office that signs in within the same second
MOST = 2_000
# A mail server may take half a minute, so requests that send mail don't delay other sign-ins.
SENDING = ("/accounts/password/reset/", "/accounts/signup/", "/accounts/confirm-email/")
HASHING = ("/accounts/", "/welcome/")
NEVER_WAITS = "/health/"
BUSY = b"Many people are here right now. Wait a moment, then try again."


class RequestQueue:
    """An ASGI application in which a waiting request takes no thread and no database connection.

    Django runs each request in a thread of its own, however many there are. 300 requests in the
    same second would be 300 database connections, and PostgreSQL has a hundred; of the sign-ins
    among them one password is hashed at a time. Daphne has read the whole body by now, so a slow
    client can't keep a place.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.passwords = FairQueue(PASSWORDS_AT_ONCE)
        self.emails = FairQueue(EMAILS_AT_ONCE)
        self.pages = FairQueue(PAGES_AT_ONCE)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == NEVER_WAITS:
            await self.app(scope, receive, send)
            return
        turns = self.turns_for(scope)
        address = client_address(scope)
        if turns.is_full(address):
            await refuse(send)
            return
        await turns.acquire(address)
        try:
            await self.app(scope, receive, send)
        finally:
            turns.release()

    def turns_for(self, scope: dict[str, Any]) -> "FairQueue":
        if scope["method"] == "POST" and scope["path"].startswith(SENDING):
            return self.emails
        if scope["method"] == "POST" and scope["path"].startswith(HASHING):
            return self.passwords
        return self.pages


class FairQueue:
    """A semaphore whose places go to the waiting addresses in turn."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.lines: dict[str, deque[asyncio.Future[None]]] = {}
        self.waiting = 0

    def is_full(self, address: str) -> bool:
        return self.waiting >= MOST or len(self.lines.get(address, ())) >= MOST_OF_AN_ADDRESS

    async def acquire(self, address: str) -> None:
        """Wait for a place; the caller has to `release` it."""
        if self.free:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self.lines.setdefault(address, deque()).append(turn)
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            raise

    def release(self) -> None:
        """Give the place to the next request of the address whose turn it is."""
        while self.lines:
            address = next(iter(self.lines))
            line = self.lines.pop(address)
            turn = line.popleft()
            self.waiting -= 1
            if line:
                self.lines[address] = line  # after the others
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


def client_address(scope: dict[str, Any]) -> str:
    """Return the client's address, as reported by the trusted proxies; for IPv6 the network."""
    headers = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    peer = str((scope.get("client") or ("",))[0])
    forwarded = b",".join(headers).decode("latin-1")
    return connections.client_address(forwarded, peer, settings.CONFIG.trusted_proxies)


async def refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"10")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": BUSY})
