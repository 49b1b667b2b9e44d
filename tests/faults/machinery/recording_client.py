"""A client that posts, reads, reconnects as the protocol says, and records every frame."""

import asyncio
import contextlib
import json
import random
import time
from itertools import cycle
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from tests.faults.history.evidence import ClientLog, Frame

READ_TIMEOUT = 15.0
LONGEST_PAUSE = 1.0


class Address(NamedTuple):
    """A server's address (`base`), and the origin of the page that opens a socket to it."""

    base: str
    origin: str


class RecordingClient:
    def __init__(
        self, person: int, cookies: str, addresses: list[Address], path: str, chance: random.Random
    ) -> None:
        self.client_log = ClientLog(person)
        self.person = person
        self.headers = {"Cookie": cookies}
        self.addresses = cycle(addresses)
        self.path = path
        self.chance = chance
        self.unanswered: dict[str, Frame] = {}
        self.held: dict[int, Frame] = {}
        self.rev = 0
        self.socket: ClientConnection | None = None
        self.is_welcomed = False
        self.sends_twice = False
        self.absent_since: float | None = None
        self.absences: list[float] = []
        self.since = time.monotonic()
        # For each post that arrived: when it was first sent, and when it was received.
        self.deliveries: list[tuple[float, float]] = []
        self.closes: list[int | None] = []
        self.only_posts = False
        self.refusals: list[str] = []
        self.task = asyncio.create_task(self.run())

    # The connection, reopened as the protocol says

    async def run(self) -> None:
        while True:
            address = next(self.addresses)
            code: int | None = None
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                server = urlsplit(address.base)
                async with connect(
                    address.origin.replace("http", "ws", 1) + self.path,
                    host=server.hostname,
                    port=server.port,
                    origin=Origin(address.origin),
                    additional_headers=self.headers,
                    open_timeout=5,
                    close_timeout=1,
                    max_queue=None,
                    max_size=2**24,
                ) as self.socket:
                    await self.receive_frames(self.socket)
            if self.socket is not None:
                code = self.socket.close_code
            self.record_close(code)
            await asyncio.sleep(self.chance.random() * LONGEST_PAUSE / 2)

    async def receive_frames(self, socket: ClientConnection) -> None:
        await self.send_frame({"type": "hello", "after": self.rev})
        while True:
            async with asyncio.timeout(READ_TIMEOUT):
                frame = json.loads(await socket.recv())
            await self.handle_frame(frame)

    def record_close(self, code: int | None) -> None:
        self.socket = None
        self.is_welcomed = False
        self.client_log.record_close(code)
        self.closes.append(code)
        if self.absent_since is None:
            self.absent_since = time.monotonic()

    async def abort_connection(self) -> None:
        """Drop the connection without a close frame, as when a network cable is pulled."""
        if self.socket is not None:
            self.socket.transport.abort()

    def stop_reading(self) -> None:
        """Leave what arrives unread, so that it fills the buffers on its way."""
        if self.socket is not None:
            self.socket.transport.pause_reading()

    def resume_reading(self) -> None:
        if self.socket is not None:
            self.socket.transport.resume_reading()

    async def handle_frame(self, frame: Frame) -> None:
        self.client_log.record_received(frame)
        match frame["type"]:
            case "welcome":
                if frame["after"] == 0:
                    self.held = {}
                    self.rev = 0
                await self.apply_posts(frame["after"], frame)
                await self.handle_welcome()
            case "posts":
                await self.apply_posts(frame["since"], frame)
            case "pulse":
                if frame["rev"] > self.rev:
                    await self.send_frame({"type": "hello", "after": self.rev})
            case "ack":
                self.unanswered.pop(frame["ref"], None)
            case "refused":
                self.handle_refusal(frame)

    def handle_refusal(self, frame: Frame) -> None:
        request = self.unanswered.get(frame["ref"] or "")
        self.refusals.append(frame["code"])
        if request is None:
            return
        if frame.get("retry_after"):
            asyncio.get_running_loop().call_later(
                frame["retry_after"], lambda: asyncio.ensure_future(self.send_frame(request))
            )
        else:
            del self.unanswered[frame["ref"]]

    async def apply_posts(self, since: int, frame: Frame) -> None:
        if since > self.rev:
            await self.send_frame({"type": "hello", "after": self.rev})
            return
        for post in frame["posts"]:
            held = self.held.get(post["seq"])
            if held is None or held["rev"] < post["rev"]:
                self.held[post["seq"]] = post
                sent = SENT_AT.get(post["id"])
                if held is None and sent is not None and sent > self.since:
                    self.deliveries.append((sent, time.monotonic()))
        self.rev = max(self.rev, frame["rev"])

    async def handle_welcome(self) -> None:
        if self.is_welcomed:
            return
        if self.absent_since is not None:
            self.absences.append(time.monotonic() - self.absent_since)
            self.absent_since = None
        # Unanswered requests go first, in their old order and with their old ids. New requests
        # join the queue meanwhile.
        sent: set[str] = set()
        while waiting := [ref for ref in self.unanswered if ref not in sent]:
            sent.add(waiting[0])
            await self.send_frame(self.unanswered[waiting[0]])
        self.is_welcomed = True

    async def send_frame(self, frame: Frame) -> None:
        if self.socket is None:
            return
        with contextlib.suppress(OSError, WebSocketException):
            for _ in range(2 if self.sends_twice and frame["type"] != "hello" else 1):
                await self.socket.send(json.dumps(frame))

    # Requests

    async def post(self, body: str) -> str:
        id = str(uuid4())
        SENT_AT[id] = time.monotonic()
        await self.send_request({"type": "post", "id": id, "body": body}, id)
        return id

    async def send_change(self, **fields: Any) -> None:
        ref = str(uuid4())
        await self.send_request({**fields, "ref": ref}, ref)

    async def send_request(self, frame: Frame, ref: str) -> None:
        self.client_log.record_sent(frame)
        self.unanswered[ref] = frame
        if self.is_welcomed:
            await self.send_frame(frame)

    async def resend_all_posts(self) -> None:
        """Send every post once more, as if none had been answered."""
        for event in list(self.client_log.events):
            if event.kind == "sent" and event.frame["type"] == "post":
                await self.send_frame(event.frame)

    async def send_random_request(self, number: int) -> None:
        """Post in most cases; otherwise edit, remove or react."""
        roll = self.chance.random()
        if roll < 0.7 or not self.held or self.only_posts:
            await self.post(f"{self.person}: post {number}")
        elif roll < 0.85:
            await self.change_own_post(number)
        else:
            seq = self.chance.choice(list(self.held))
            emoji, on = self.chance.choice("👍💡🎯"), self.chance.random() < 0.7
            await self.send_change(type="react", seq=seq, emoji=emoji, on=on)

    async def change_own_post(self, number: int) -> None:
        """Edit or remove one of this person's posts; write one if there are none."""
        own = [
            seq for seq, post in self.held.items()
            if post["author"]["id"] == self.person and post["state"] == "shown"
        ]  # fmt: skip
        if not own:
            await self.post(f"{self.person}: post {number}")
        elif self.chance.random() < 0.67:
            seq = self.chance.choice(own)
            await self.send_change(type="edit", seq=seq, body=f"{self.person}: edit {number}")
        else:
            await self.send_change(type="remove", seq=self.chance.choice(own))

    async def stop(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


# When each post was first sent, by any client of this process. They share a clock, so there is no
# skew.
SENT_AT: dict[str, float] = {}
