"""A client that posts, reads, loses its connection and comes back, and remembers everything."""

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

from tests.faults.history.evidence import Frame, Story

SILENCE = 15.0
LONGEST_PAUSE = 1.0


class Address(NamedTuple):
    """Where a server answers, and where the page is that a socket to it comes from."""

    base: str
    origin: str


class Witness:
    def __init__(
        self, person: int, cookies: str, addresses: list[Address], path: str, chance: random.Random
    ) -> None:
        self.story = Story(person)
        self.person = person
        self.headers = {"Cookie": cookies}
        self.addresses = cycle(addresses)
        self.path = path
        self.chance = chance
        self.unanswered: dict[str, Frame] = {}
        self.held: dict[int, Frame] = {}
        self.rev = 0
        self.told_rev = 0
        self.socket: ClientConnection | None = None
        self.is_welcome = False
        self.sends_twice = False
        self.away_since: float | None = None
        self.aways: list[float] = []
        self.since = time.monotonic()
        self.receipts: list[tuple[float, float]] = []  # when a post was sent first, when it came
        self.closes: list[int | None] = []
        self.only_posts = False
        self.refusals: list[str] = []
        self.task = asyncio.create_task(self.live())

    # The connection, healed as the protocol says

    async def live(self) -> None:
        while True:
            address = next(self.addresses)
            code: int | None = None
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                way = urlsplit(address.base)
                async with connect(
                    address.origin.replace("http", "ws", 1) + self.path,
                    host=way.hostname,
                    port=way.port,
                    origin=Origin(address.origin),
                    additional_headers=self.headers,
                    open_timeout=5,
                    close_timeout=1,
                    max_queue=None,
                    max_size=2**24,
                ) as self.socket:
                    await self.listen(self.socket)
            if self.socket is not None:
                code = self.socket.close_code
            self.lose(code)
            await asyncio.sleep(self.chance.random() * LONGEST_PAUSE / 2)

    async def listen(self, socket: ClientConnection) -> None:
        await self.put({"type": "hello", "after": self.rev})
        while True:
            async with asyncio.timeout(SILENCE):
                frame = json.loads(await socket.recv())
            await self.hear(frame)

    def lose(self, code: int | None) -> None:
        self.socket = None
        self.is_welcome = False
        self.story.closed(code)
        self.closes.append(code)
        if self.away_since is None:
            self.away_since = time.monotonic()

    async def cut(self) -> None:
        """The cable is pulled: no close frame, no goodbye."""
        if self.socket is not None:
            self.socket.transport.abort()

    def go_deaf(self) -> None:
        """Read nothing any more: what comes piles up on its way."""
        if self.socket is not None:
            self.socket.transport.pause_reading()

    def hear_again(self) -> None:
        if self.socket is not None:
            self.socket.transport.resume_reading()

    async def hear(self, frame: Frame) -> None:
        self.story.heard(frame)
        match frame["type"]:
            case "welcome":
                if frame["after"] == 0:
                    self.held = {}
                    self.rev = 0
                await self.apply(frame["after"], frame)
                self.told_rev = max(self.told_rev, self.rev)
                await self.welcomed()
            case "posts":
                await self.apply(frame["since"], frame)
            case "pulse":
                if frame["rev"] > self.rev:
                    await self.put({"type": "hello", "after": self.rev})
            case "ack":
                self.unanswered.pop(frame["ref"], None)
            case "refused":
                self.refused(frame)

    def refused(self, frame: Frame) -> None:
        wish = self.unanswered.get(frame["ref"] or "")
        self.refusals.append(frame["code"])
        if wish is None:
            return
        if frame.get("retry_after"):
            asyncio.get_running_loop().call_later(
                frame["retry_after"], lambda: asyncio.ensure_future(self.put(wish))
            )
        else:
            del self.unanswered[frame["ref"]]

    async def apply(self, since: int, frame: Frame) -> None:
        if since > self.rev:
            await self.put({"type": "hello", "after": self.rev})
            return
        for post in frame["posts"]:
            held = self.held.get(post["seq"])
            if held is None or held["rev"] < post["rev"]:
                self.held[post["seq"]] = post
                sent = SENT_AT.get(post["id"])
                if held is None and sent is not None and sent > self.since:
                    self.receipts.append((sent, time.monotonic()))
        self.rev = max(self.rev, frame["rev"])

    async def welcomed(self) -> None:
        if self.is_welcome:
            return
        if self.away_since is not None:
            self.aways.append(time.monotonic() - self.away_since)
            self.away_since = None
        # What was not answered goes first, in its old order and with its old ids; meanwhile what
        # is new joins the queue.
        sent: set[str] = set()
        while waiting := [ref for ref in self.unanswered if ref not in sent]:
            sent.add(waiting[0])
            await self.put(self.unanswered[waiting[0]])
        self.is_welcome = True

    async def put(self, frame: Frame) -> None:
        if self.socket is None:
            return
        with contextlib.suppress(OSError, WebSocketException):
            for _ in range(2 if self.sends_twice and frame["type"] != "hello" else 1):
                await self.socket.send(json.dumps(frame))

    # Wishes

    async def post(self, body: str) -> str:
        id = str(uuid4())
        SENT_AT[id] = time.monotonic()
        await self.wish({"type": "post", "id": id, "body": body}, id)
        return id

    async def change(self, **fields: Any) -> None:
        ref = str(uuid4())
        await self.wish({**fields, "ref": ref}, ref)

    async def wish(self, frame: Frame, ref: str) -> None:
        self.story.sent(frame)
        self.unanswered[ref] = frame
        if self.is_welcome:
            await self.put(frame)

    async def again(self) -> None:
        """Send every post once more, as if nobody had ever answered."""
        for event in list(self.story.events):
            if event.kind == "sent" and event.frame["type"] == "post":
                await self.put(event.frame)

    async def something(self, number: int) -> None:
        """What people do: mostly post, sometimes change what is there."""
        dice = self.chance.random()
        if dice < 0.7 or not self.held or self.only_posts:
            await self.post(f"{self.person}: post {number}")
        elif dice < 0.85:
            await self.alter(number)
        else:
            seq = self.chance.choice(list(self.held))
            emoji, on = self.chance.choice("👍💡🎯"), self.chance.random() < 0.7
            await self.change(type="react", seq=seq, emoji=emoji, on=on)

    async def alter(self, number: int) -> None:
        """Edit or remove a post of one's own."""
        own = [
            seq for seq, post in self.held.items()
            if post["author"]["id"] == self.person and post["state"] == "shown"
        ]  # fmt: skip
        if not own:
            await self.post(f"{self.person}: post {number}")
        elif self.chance.random() < 0.67:
            seq = self.chance.choice(own)
            await self.change(type="edit", seq=seq, body=f"{self.person}: edit {number}")
        else:
            await self.change(type="remove", seq=self.chance.choice(own))

    async def leave(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


# When each post was sent first, by all witnesses of this process: one clock, so no skew.
SENT_AT: dict[str, float] = {}
