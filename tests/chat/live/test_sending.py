"""A room of any length reaches every newcomer, by each way a server may write to a socket."""

import asyncio
import contextlib

import pytest

from chat.edges.consumers import RoomConsumer
from chat.edges.outbox import Outbox
from chat.wire.frames import Frame
from tests.support.client import Client
from tests.support.live import Browser, Rehearsal, Site
from tests.support.sessions import RUNNING

POSTS = 60
BODY = "A long answer to the question. " * 50  # 1,500 characters
UVICORN = ("-m", "uvicorn", "talktech.asgi:application", "--lifespan=off", "--ws=websockets-sansio")
# The self-test of the direct write fails on this Twisted, so frames leave by Autobahn.
WITHOUT_DIRECT_WRITE = """
import sys
from django.core.management import execute_from_command_line
from twisted.internet import tcp
tcp.Connection.getHandle = lambda self: self
execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])
"""
WITHOUT_HUB = """
import sys
from django.core.management import execute_from_command_line
import django
django.setup()
from talktech.server import daphne
def fail():
    raise RuntimeError("no hub today")
daphne.hub = fail
execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])
"""
WAYS = {
    "direct write": (),
    "failed self-test": ("-c", WITHOUT_DIRECT_WRITE),
    "Daphne": ("-m", "daphne", "talktech.asgi:application"),
    "uvicorn": UVICORN,
}


@pytest.fixture(scope="module")
def dana(site: Site) -> Browser:
    return site.serve(LIMIT_POSTS="0").browser().sign_in("dana@example.com")


@pytest.fixture(scope="module")
def long_room(site: Site, dana: Browser) -> Rehearsal:
    """Ninety kilobytes in a welcome, three times what a client may send in a frame."""
    rehearsal = site.rehearse(RUNNING)

    async def fill() -> None:
        client = await Client(dana, rehearsal.socket_path).open()
        await asyncio.gather(*(client.post(BODY) for _ in range(POSTS)))
        await client.leave()

    asyncio.run(fill())
    return rehearsal


@pytest.mark.parametrize("program", WAYS.values(), ids=WAYS)
async def test_a_long_room_is_sent_whole_by_each_server(
    site: Site, dana: Browser, long_room: Rehearsal, program: tuple[str, ...]
) -> None:
    server = site.serve(*program, LIMIT_POSTS="0")
    elsewhere = Browser(server.base)
    elsewhere.jar = dana.jar
    client = await Client(elsewhere, long_room.socket_path).open()
    assert len(client.posts) >= POSTS
    await client.until_at((await client.post("And one more"))["rev"])
    await client.leave()
    assert "Traceback" not in server.log
    server.end()


async def test_connections_made_during_the_start_are_welcomed(
    site: Site, dana: Browser, long_room: Rehearsal
) -> None:
    server = site.serve()
    server.end()
    elsewhere = Browser(server.base)
    elsewhere.jar = dana.jar
    server.launch()

    async def come_in() -> Client:
        client = Client(elsewhere, long_room.socket_path)
        while True:
            with contextlib.suppress(OSError):
                return await client.open()
            await asyncio.sleep(0.01)

    clients = await asyncio.wait_for(asyncio.gather(*(come_in() for _ in range(10))), 60)
    assert all(len(client.posts) >= POSTS for client in clients)
    await asyncio.gather(*(client.leave() for client in clients))


@pytest.mark.one_world
@pytest.mark.parametrize("lives_on", [True, False], ids=["it lives on", "it takes no code"])
async def test_a_socket_that_cannot_be_sent_to_is_closed(lives_on: bool) -> None:
    """A server whose `send` fails for a large frame, as Autobahn's did."""
    closed: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "websocket.send":
            raise RuntimeError("too large")
        if message.get("code") and not lives_on:
            raise RuntimeError("not a code for applications")
        closed.set_result(message.get("code"))  # type: ignore[arg-type]

    socket = RoomConsumer()
    socket.base_send = send
    socket.tasks = set()
    socket.outbox = Outbox(send, socket.send_away)
    socket.outbox.send_frame(Frame("x"))
    assert await asyncio.wait_for(closed, 10) == (1011 if lives_on else None)
    assert socket.is_closing


@pytest.mark.one_world
def test_a_server_without_a_hub_logs_why_and_ends(site: Site) -> None:
    server = site.serve()
    server.end()
    server.program = ("-c", WITHOUT_HUB)
    server.launch()
    assert server.process.wait(timeout=60) == 1
    assert "The server can't start" in server.log
    assert "no hub today" in server.log.splitlines()[-1]
