"""A client of the room, written from docs/protocol.md without using the product's code."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.live import Browser

Frame = dict[str, Any]


class Client:
    """One tab: applies frames as the protocol says, and keeps every one of them."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser = browser
        self.url = browser.base.replace("http", "ws") + path
        self.frames: list[Frame] = []
        self.posts: dict[int, Frame] = {}
        self.rev = 0
        self.own: dict[int, Frame] = {}
        self.people: dict[int, Frame] = {}
        self.you: Frame = {}
        self.typing: list[int] = []
        self.changed = asyncio.Condition()
        self.close_code: int | None = None
        self.reader: asyncio.Task[None] | None = None

    async def open(self, after: int | None = 0, **options: Any) -> Self:
        options.setdefault("origin", self.browser.base)
        headers = {"Cookie": self.browser.cookies} if self.browser.cookies else {}
        self.close_code = None
        self.socket: ClientConnection = await connect(
            self.url, additional_headers=headers, **options
        )
        self.reader = asyncio.create_task(self.read())
        if after is not None:
            await self.hello(after)
        return self

    async def hello(self, after: int) -> Frame:
        seen = len(self.frames)
        await self.send(type="hello", after=after)
        return await self.until(lambda frame: frame["type"] == "welcome", since=seen)

    async def read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                self.apply(frame)
                async with self.changed:
                    self.frames.append(frame)
                    self.changed.notify_all()
        async with self.changed:
            self.close_code = self.socket.close_code
            self.changed.notify_all()

    def apply(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                if frame["after"] == 0:
                    self.posts.clear()
                    self.own.clear()
                self.people.clear()
                self.take_in(frame["posts"])
                self.rev = frame["rev"]
                self.you = frame["you"]
                self.meet(frame["presence"])
                for post in frame["posts"]:
                    if "mine" in post:
                        self.own[post["seq"]] = post
            case "yours":
                for own in frame["posts"]:
                    if own["rev"] >= self.own.get(own["seq"], own)["rev"]:
                        self.own[own["seq"]] = own
            case "you":
                self.you = frame
            case "posts":
                assert self.rev >= frame["since"], "a hole was shown"
                assert frame["rev"] >= self.rev, "the revision fell"
                self.take_in(frame["posts"])
                self.rev = frame["rev"]
            case "presence":
                self.meet(frame)

    def take_in(self, posts: list[Frame]) -> None:
        for post in posts:
            held = self.posts.get(post["seq"])
            if held is None or held["rev"] < post["rev"]:
                self.posts[post["seq"]] = post

    def meet(self, presence: Frame) -> None:
        self.typing = presence["typing"]
        for person in presence["joined"] + presence["changed"]:
            self.people[person["id"]] = person
        for person in presence["left"]:
            self.people.pop(person, None)

    async def send(self, **fields: Any) -> None:
        await self.socket.send(json.dumps(fields))

    async def post(self, body: str, id: str | None = None, **more: Any) -> Frame:
        """Post and wait for the answer: an `ack` or a `refused`."""
        id = id or str(uuid4())
        seen = len(self.frames)
        await self.send(type="post", id=id, body=body, **more)
        return await self.until(
            lambda frame: frame.get("ref") == id and frame["type"] in ("ack", "refused"), since=seen
        )

    async def command(self, type: str, **fields: Any) -> Frame:
        """Send a frame with a ref and wait for the answer: an `ack` or a `refused`."""
        ref = str(uuid4())
        seen = len(self.frames)
        await self.send(type=type, ref=ref, **fields)
        return await self.until(
            lambda frame: frame.get("ref") == ref and frame["type"] in ("ack", "refused"),
            since=seen,
        )

    async def until_at(self, rev: int, seconds: float = 15) -> None:
        """Wait until this client holds the room at that revision or a later one."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: self.rev >= rev)

    async def until(
        self, fits: Callable[[Frame], bool], since: int = 0, seconds: float = 15
    ) -> Frame:
        """Wait for a frame that fits and return it. `since` is the index at which to start."""

        def found() -> Frame | None:
            return next((frame for frame in self.frames[since:] if fits(frame)), None)

        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: found() or self.close_code is not None)
        frame = found()
        assert frame is not None, f"closed with {self.close_code} before it came"
        return frame

    async def until_closed(self, seconds: float = 15) -> int:
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: self.close_code is not None)
        assert self.close_code is not None
        return self.close_code

    async def until_holding(self, count: int, seconds: float = 15) -> None:
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(self.posts) >= count)

    @property
    def bodies(self) -> list[str]:
        return [self.posts[seq]["html"] for seq in sorted(self.posts)]

    async def leave(self) -> None:
        await self.socket.close()
        if self.reader is not None:
            await self.reader


async def leave(*clients: Client) -> None:
    """Close each client's connection."""
    for client in clients:
        await client.leave()
