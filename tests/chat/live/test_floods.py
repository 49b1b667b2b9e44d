"""Traffic below the frames and idle connections are bounded as well."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from talktech.server.connections import MOST_SUBJECTS, ThrottledLog, counted_address
from tests.support.client import Client
from tests.support.live import Browser, Server, Site
from tests.support.sessions import RUNNING

HONEST = 60  # of each kind, at once
FLOOD = 2000
Flood = Callable[[ClientConnection, int], Awaitable[None]]
SERVE = """
import resource, sys
from django.core.management import execute_from_command_line
from talktech.server import connections
{}
execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])
"""
IMPATIENT = SERVE.format("connections.LONGEST_HEAD = connections.LONGEST_PAUSE = 1.0")
SHORT_OF_FILES = SERVE.format("resource.setrlimit(resource.RLIMIT_NOFILE, (150, 150))")


@pytest.fixture(scope="module")
def room(site: Site) -> str:
    return site.rehearse(RUNNING).socket_path


def open_socket(server: Server, room: str, cookies: str) -> connect:
    return connect(
        server.base.replace("http", "ws") + room,
        origin=Origin(server.base),
        additional_headers={"Cookie": cookies} if cookies else {},
        ping_interval=None,
    )


async def pings(one: ClientConnection, count: int) -> None:
    for _ in range(count):
        await one.ping()


async def pongs(one: ClientConnection, count: int) -> None:
    for _ in range(count):
        await one.pong(b"x")


async def fragments(one: ClientConnection, count: int) -> None:
    await one.send([" "] * count)


async def empty_fragments(one: ClientConnection, count: int) -> None:
    await one.send([""] * count)


async def until_cut_off(one: ClientConnection, flood: Flood) -> None:
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(30):
            await flood(one, FLOOD)
            while True:
                await one.recv()


@pytest.mark.parametrize("flood", [pings, pongs, fragments, empty_fragments])
async def test_a_flood_below_the_frames_is_cut_off_and_logged_once(
    server: Server, room: str, dana: Browser, flood: Flood
) -> None:
    async with open_socket(server, room, dana.cookies) as one:
        await one.send('{"type":"hello","after":0}')
        assert '"welcome"' in str(await one.recv())
        await flood(one, HONEST)
        await one.send('{"type":"ping","t":7}')
        async with asyncio.timeout(15):
            while '"t":7' not in str(await one.recv()):
                pass
        before = server.log
        await until_cut_off(one, flood)
    assert one.close_code == 1006
    said = server.log[len(before) :].splitlines()
    assert len(said) <= 1
    assert "A socket from 127.0.0.1 was cut off" in server.log


async def test_a_flood_of_bytes_is_told_why(server: Server, room: str, dana: Browser) -> None:
    client = await Client(dana, room).open()
    with contextlib.suppress(ConnectionClosed):
        for _ in range(60):
            await client.socket.send('{"type":"ping","t":1}' + " " * 30_000)
    assert await client.until_closed() == 4429


async def test_a_stranger_who_floods_is_cut_off(server: Server, room: str) -> None:
    before = server.log
    for _ in range(3):
        async with open_socket(server, room, "") as one:
            await until_cut_off(one, pongs)
    assert len(server.log[len(before) :].splitlines()) <= 1


async def test_an_address_with_thirty_fields_or_an_odd_cookie_gets_a_clean_answer(
    server: Server, room: str, dana: Browser
) -> None:
    before = server.log
    fields = "&".join(f"f{n}={n}" for n in range(30))
    client = await Client(dana, f"{room}?{fields}").open()
    await client.leave()
    for key in ('"\\000' + "a" * 31 + '"', "A" * 32):
        async with open_socket(server, room, f"talktech_session={key}") as one:
            with pytest.raises(ConnectionClosed):
                await one.recv()
        assert one.close_code == 4401
    assert server.log == before


def knock(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def is_turned_away(one: socket.socket) -> bool:
    one.settimeout(1)
    try:
        return one.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@pytest.fixture
def knocking() -> Iterator[list[socket.socket]]:
    sockets: list[socket.socket] = []
    yield sockets
    for one in sockets:
        one.close()


@pytest.mark.one_world
def test_an_address_is_limited_in_its_connections(
    site: Site, knocking: list[socket.socket]
) -> None:
    server = site.serve(LIMIT_CONNECTIONS="10")
    knocking += [knock(server.port) for _ in range(12)]
    assert [is_turned_away(one) for one in knocking] == [False] * 10 + [True] * 2
    assert server.log.count("No more than 10 connections from 127.0.0.1") == 1
    for one in knocking[:5]:
        one.close()
    server.wait_until_healthy()
    server.end()


@pytest.mark.one_world
def test_a_server_short_of_files_says_so_once_and_keeps_who_is_there(
    site: Site, knocking: list[socket.socket]
) -> None:
    server = site.serve("-c", SHORT_OF_FILES)
    knocking += [knock(server.port) for _ in range(40)]
    away = [is_turned_away(one) for one in (knocking[0], *knocking[30:])]
    assert away == [False] + [True] * 10
    assert server.log.count("raise the limit of open files") == 1
    for one in knocking:
        one.close()
    server.wait_until_healthy()
    server.end()


@pytest.mark.one_world
def test_a_flood_from_many_addresses_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    throttled_log = ThrottledLog()
    for number in range(3000):
        throttled_log.warn(f"{number % 1500}", "From %s", number)
    assert len(caplog.records) == MOST_SUBJECTS


@pytest.mark.one_world
def test_addresses_of_one_machine_count_as_one() -> None:
    assert counted_address("192.0.2.7") == "192.0.2.7"
    assert counted_address("2001:db8:0:1::7") == counted_address("2001:db8:0:1:2:3:4:5")
    assert counted_address("2001:db8:0:1::7") != counted_address("2001:db8:0:2::7")
    assert counted_address("fe80::1%eth0") == "fe80::/64"
    assert counted_address("x" * 5000) == counted_address("")


@pytest.mark.one_world
def test_a_server_takes_as_many_files_as_the_system_lets_it(server: Server) -> None:
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    soft, hard = next(line for line in limits.splitlines() if "open files" in line).split()[3:5]
    assert soft == hard or int(soft) == 2**20


@pytest.mark.one_world
@pytest.mark.parametrize("begun", [b"", b"GET /health/ HT", b"GET /health/ HTTP/1.1\r\nHost: a"])
def test_a_request_that_trickles_is_cut_off(
    impatient: Server, begun: bytes, knocking: list[socket.socket]
) -> None:
    one = knock(impatient.port)
    knocking.append(one)
    one.sendall(begun)
    for _ in range(30):
        if is_turned_away(one):
            return
        with contextlib.suppress(ConnectionError):
            one.sendall(b"a" if begun else b"")
    pytest.fail("It was still open")


@pytest.fixture(scope="module")
def impatient(site: Site) -> Server:
    return site.serve("-c", IMPATIENT)
