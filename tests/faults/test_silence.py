"""A database that does not answer: people are told in seconds, and nothing waits for ever."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from tests.faults.faults import no_file_may_grow
from tests.faults.machinery.cluster import Estate
from tests.faults.scenario import STARTER
from tests.support.client import Client, Frame
from tests.support.live import Server

RUNNING = timedelta(minutes=-4)

Outage = Callable[[Estate], AbstractContextManager[None]]


@contextmanager
def frozen(two: Estate) -> Iterator[None]:
    assert two.postgres is not None
    two.postgres.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        two.postgres.signal(signal.SIGCONT)


@contextmanager
def out_of_reach(two: Estate) -> Iterator[None]:
    assert two.line is not None
    two.line.lose()
    try:
        yield
    finally:
        two.line.heal()


@contextmanager
def read_only(two: Estate) -> Iterator[None]:
    assert two.postgres is not None
    two.postgres.be_read_only(True)
    try:
        yield
    finally:
        two.postgres.be_read_only(False)


@contextmanager
def full(alone: Estate) -> Iterator[None]:
    with no_file_may_grow(alone.servers[0]):
        yield


async def judge(outage: AbstractContextManager[None], client: Client, server: Server) -> None:
    """What everybody is told while it lasts, and afterwards."""
    logged = len(server.log)
    first = await client.post("Before")
    ids = [str(uuid4()) for _ in range(3)]
    with outage:
        began, seen = time.monotonic(), len(client.frames)
        for id in ids:
            await client.send(type="post", id=id, body="Meanwhile")
            await asyncio.sleep(0.4)
        for id in ids:
            refused = await client.until(partial(is_answer_to, id), since=seen)
            assert (refused["type"], refused["code"]) == ("refused", "unavailable")
            assert refused["retry_after"] > 0
        # A machine that is busy may take a little longer; a call that has no answer takes five.
        assert time.monotonic() - began < 4.5
        await client.until(lambda frame: frame.get("cut_off") is True, since=seen)
        assert not await asyncio.to_thread(server.is_healthy)
    healed, seen = time.monotonic(), len(client.frames)
    await client.until(is_pulse_of_a_whole_room, since=seen)
    answers = [await client.post("Meanwhile", id) for id in ids]
    assert time.monotonic() - healed < 6
    assert [one["seq"] for one in answers] == [first["seq"] + n for n in (1, 2, 3)]
    await asyncio.to_thread(server.wait_until_healthy)
    said = server.log[logged:]
    assert "Traceback" not in said
    assert said.count("the database can't be used") == 1
    assert said.count("The database can be used again") == 1
    assert len(said.splitlines()) <= 8, said


def is_answer_to(ref: str, frame: Frame) -> bool:
    return frame.get("ref") == ref


def is_pulse_of_a_whole_room(frame: Frame) -> bool:
    return frame["type"] == "pulse" and "cut_off" not in frame


@asynccontextmanager
async def somebody(made: Estate) -> AsyncIterator[Client]:
    browser = await asyncio.to_thread(made.servers[0].browser().sign_in, "dana@example.com")
    room = await asyncio.to_thread(made.site.rehearse, RUNNING)
    client = await Client(browser, room.socket_path).open()
    try:
        yield client
    finally:
        await client.socket.close()


@pytest.mark.parametrize("outage", [frozen, out_of_reach, read_only])
async def test_people_are_told_in_seconds_of_a_server_that(two: Estate, outage: Outage) -> None:
    async with somebody(two) as client:
        await judge(outage(two), client, two.servers[0])


async def test_people_are_told_in_seconds_of_a_full_disk(alone: Estate) -> None:
    async with somebody(alone) as client:
        await judge(full(alone), client, alone.servers[0])


async def test_a_process_ends_in_ten_seconds_though_the_database_is_frozen(two: Estate) -> None:
    server = two.servers[0]
    async with somebody(two) as client:
        with frozen(two):
            await client.send(type="post", id=str(uuid4()), body="Meanwhile")
            await asyncio.sleep(1)
            began = time.monotonic()
            assert await asyncio.to_thread(server.end) == 0
            assert time.monotonic() - began < 11
        async with asyncio.timeout(10):
            while client.close_code is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert client.close_code == 1012
    await asyncio.get_running_loop().run_in_executor(STARTER, server.start)


async def test_a_process_that_is_started_before_its_database_waits_and_says_so(
    two: Estate,
) -> None:
    server = two.servers[1]
    await asyncio.to_thread(server.end)
    logged = len(server.log)
    with out_of_reach(two):
        await asyncio.get_running_loop().run_in_executor(STARTER, server.launch)
        async with asyncio.timeout(30):
            while "Waiting for the database: " not in server.log[logged:]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.sleep(3)
    await asyncio.to_thread(server.wait_until_healthy)
    said = server.log[logged:]
    assert said.count("Waiting for the database") == 1
    assert "The database answers." in said and "Traceback" not in said
