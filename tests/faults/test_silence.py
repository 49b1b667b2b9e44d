"""When the database does not answer, people learn it within seconds and nothing waits for ever."""

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
from tests.faults.machinery.cluster import Cluster
from tests.faults.scenario import START_THREAD
from tests.support.client import Client, Frame
from tests.support.live import Server

RUNNING = timedelta(minutes=-4)

Outage = Callable[[Cluster], AbstractContextManager[None]]


@contextmanager
def frozen(two_processes: Cluster) -> Iterator[None]:
    assert two_processes.postgres is not None
    two_processes.postgres.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        two_processes.postgres.signal(signal.SIGCONT)


@contextmanager
def out_of_reach(two_processes: Cluster) -> Iterator[None]:
    assert two_processes.database_proxy is not None
    two_processes.database_proxy.drop_everything()
    try:
        yield
    finally:
        two_processes.database_proxy.forward_again()


@contextmanager
def read_only(two_processes: Cluster) -> Iterator[None]:
    assert two_processes.postgres is not None
    two_processes.postgres.set_read_only(True)
    try:
        yield
    finally:
        two_processes.postgres.set_read_only(False)


@contextmanager
def full(one_process: Cluster) -> Iterator[None]:
    with no_file_may_grow(one_process.servers[0]):
        yield


async def assert_outage_is_reported(
    outage: AbstractContextManager[None], client: Client, server: Server
) -> None:
    """Refusals and pulses say so while it lasts; the log says it once; then posts are accepted."""
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
        # 4.5 s leaves room for a busy machine; a call that gets no answer would take five seconds.
        assert time.monotonic() - began < 4.5
        await client.until(lambda frame: frame.get("cut_off") is True, since=seen)
        assert not await asyncio.to_thread(server.is_healthy)
    recovered, seen = time.monotonic(), len(client.frames)
    await client.until(is_pulse_of_a_whole_room, since=seen)
    answers = [await client.post("Meanwhile", id) for id in ids]
    assert time.monotonic() - recovered < 6
    assert [one["seq"] for one in answers] == [first["seq"] + n for n in (1, 2, 3)]
    await asyncio.to_thread(server.wait_until_healthy)
    log = server.log[logged:]
    assert "Traceback" not in log
    assert log.count("the database can't be used") == 1
    assert log.count("The database can be used again") == 1
    assert len(log.splitlines()) <= 8, log


def is_answer_to(ref: str, frame: Frame) -> bool:
    return frame.get("ref") == ref


def is_pulse_of_a_whole_room(frame: Frame) -> bool:
    return frame["type"] == "pulse" and "cut_off" not in frame


@asynccontextmanager
async def open_client(cluster: Cluster) -> AsyncIterator[Client]:
    browser = await asyncio.to_thread(cluster.servers[0].browser().sign_in, "dana@example.com")
    room = await asyncio.to_thread(cluster.site.rehearse, RUNNING)
    client = await Client(browser, room.socket_path).open()
    try:
        yield client
    finally:
        await client.socket.close()


@pytest.mark.parametrize("outage", [frozen, out_of_reach, read_only])
async def test_people_learn_within_seconds_of_a_database_that_is(
    two_processes: Cluster, outage: Outage
) -> None:
    async with open_client(two_processes) as client:
        await assert_outage_is_reported(outage(two_processes), client, two_processes.servers[0])


async def test_people_learn_within_seconds_of_a_full_disk(one_process: Cluster) -> None:
    async with open_client(one_process) as client:
        await assert_outage_is_reported(full(one_process), client, one_process.servers[0])


async def test_a_process_ends_in_ten_seconds_although_the_database_is_frozen(
    two_processes: Cluster,
) -> None:
    server = two_processes.servers[0]
    async with open_client(two_processes) as client:
        with frozen(two_processes):
            await client.send(type="post", id=str(uuid4()), body="Meanwhile")
            await asyncio.sleep(1)
            began = time.monotonic()
            assert await asyncio.to_thread(server.end) == 0
            assert time.monotonic() - began < 11
        async with asyncio.timeout(10):
            while client.close_code is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert client.close_code == 1012
    await asyncio.get_running_loop().run_in_executor(START_THREAD, server.start)


async def test_a_process_that_is_started_before_its_database_waits_and_logs_it(
    two_processes: Cluster,
) -> None:
    server = two_processes.servers[1]
    await asyncio.to_thread(server.end)
    logged = len(server.log)
    with out_of_reach(two_processes):
        await asyncio.get_running_loop().run_in_executor(START_THREAD, server.launch)
        async with asyncio.timeout(30):
            while "Waiting for the database: " not in server.log[logged:]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.sleep(3)
    await asyncio.to_thread(server.wait_until_healthy)
    log = server.log[logged:]
    assert log.count("Waiting for the database") == 1
    assert "The database answers." in log and "Traceback" not in log
