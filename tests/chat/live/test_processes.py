"""Two server processes over PostgreSQL and Redis behave as one room."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from chat.room import sign_in_checks
from chat.room.hub import Hub
from chat.wire.close_codes import SIGNED_OUT
from people.models import User
from tests.chat.live.leaving import WAYS, Leaver, leave
from tests.chat.room.test_sign_in_checks import enter, sign_in_of
from tests.conftest import make_session
from tests.support.client import Client, Frame
from tests.support.live import Browser, Rehearsal, Server, Site
from tests.support.sessions import RUNNING


@pytest.fixture(scope="module")
def other_server(site: Site) -> Server:
    return site.serve()


@pytest.fixture(scope="module")
def jonas(other_server: Server) -> Browser:
    return other_server.browser().sign_in("jonas@example.com")


@pytest.fixture(scope="module")
def leos_room(site: Site, leo: str) -> Rehearsal:
    """A room for a person whose sign-ins end."""
    return site.rehearse(RUNNING)


@pytest.fixture
def doomed(site: Site) -> Iterator[Server]:
    """A process that does not survive the test."""
    server = site.serve()
    yield server
    server.end(signal.SIGKILL)


async def test_two_processes_show_posts_in_the_same_order(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    await asyncio.gather(
        *(client.post(f"{client.url} {n}") for n in range(10) for client in (one, two))
    )
    await one.until_holding(20)
    await two.until_holding(20)
    assert one.bodies == two.bodies
    assert sorted(one.posts) == list(range(1, 21))
    await one.leave()
    await two.leave()


async def test_two_processes_turn_the_topic_within_100_ms_of_the_instant(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    rehearsal = site.rehearse(timedelta(minutes=-15))
    one = await Client(dana, rehearsal.socket_path).open()
    two = await Client(jonas, rehearsal.socket_path).open()
    site.move(rehearsal, timedelta(minutes=-20, seconds=4))
    boundary = rehearsal.starts_at + timedelta(minutes=20)
    for client in (one, two):
        told = await client.until(lambda frame: frame["type"] == "clock" and frame["topic"] == 3)
        late = datetime.fromisoformat(told["now"]) - boundary
        assert timedelta(0) <= late < timedelta(milliseconds=100)
        await client.leave()


async def test_a_person_in_two_processes_is_counted_once(
    site: Site, dana: Browser, jonas: Browser, other_server: Server
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    both_here = lambda f: f["type"] == "presence" and f["reading"] == 2  # noqa: E731
    await one.until(both_here)
    await two.until(both_here)
    elsewhere = other_server.browser().sign_in("dana@example.com")
    also = await Client(elsewhere, room).open()
    seen = len(one.frames)
    await also.send(type="mode", mode="talking")

    def dana_talks(frame: Frame) -> bool:
        return frame["type"] == "presence" and (frame["talking"], frame["reading"]) == (1, 1)

    await one.until(dana_talks, since=seen)
    await two.until(dana_talks)
    for client in (one, two, also):
        await client.leave()


async def test_people_of_a_killed_process_miss_nothing_at_the_other(
    site: Site, doomed: Server, jonas: Browser, other_server: Server
) -> None:
    room = site.rehearse(RUNNING).socket_path
    witness = await Client(jonas, room).open()
    victim = await Client(doomed.browser().sign_in("dana@example.com"), room).open()
    for n in range(5):
        await victim.post(f"before {n}")
    await victim.until_holding(5)
    doomed.end(signal.SIGKILL)
    await victim.until_closed()
    await witness.post("meanwhile")
    back = Client(other_server.browser().sign_in("dana@example.com"), room)
    back.posts, back.rev = victim.posts, victim.rev
    await back.open(after=victim.rev)
    assert back.frames[0]["after"] == 5
    await back.until_holding(6)
    assert back.bodies == [*(f"before {n}" for n in range(5)), "meanwhile"]
    await witness.until_holding(6)
    assert witness.bodies == back.bodies
    await back.leave()
    await witness.leave()


async def test_a_graceful_stop_sends_everyone_away_with_1012_and_loses_nothing(
    site: Site, doomed: Server, jonas: Browser
) -> None:
    room = site.rehearse(RUNNING).socket_path
    witness = await Client(jonas, room).open()
    client = await Client(doomed.browser().sign_in("dana@example.com"), room).open()
    answers = [asyncio.create_task(client.post(f"n {n}")) for n in range(5)]
    await asyncio.sleep(0)
    acked = [answer["seq"] for answer in await asyncio.gather(*answers)]
    assert doomed.end(signal.SIGTERM) == 0
    assert await client.until_closed() == 1012
    await witness.until_holding(len(acked))
    assert sorted(witness.posts) == sorted(acked)
    await witness.leave()


async def test_an_idle_room_keeps_its_sockets_when_redis_clients_time_out(
    site: Site, dana: Browser, jonas: Browser, server: Server
) -> None:
    """Since redis-py 8 a client that waits for a message gives up after five seconds."""
    room = site.rehearse(RUNNING).socket_path
    tabs = [await Client(who, room).open() for who in (dana, jonas) for _ in range(5)]
    await asyncio.sleep(17)
    assert [tab.close_code for tab in tabs] == [None] * 10
    assert "Wake-ups are lost" not in server.log
    for tab in tabs:
        await tab.leave()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_a_sign_in_that_ended_at_one_process_ends_at_the_other(
    leos_room: Rehearsal,
    site: Site,
    server: Server,
    other_server: Server,
    way: Callable[[Leaver], None],
) -> None:
    await leave(site, leos_room, server, other_server, way)


async def test_an_ended_sign_in_is_found_without_redis(
    leos_room: Rehearsal, site: Site, server: Server
) -> None:
    deaf = site.serve(REDIS_URL="")
    await leave(site, leos_room, server, deaf, Leaver.signs_out)
    deaf.end()


async def test_a_sign_in_change_reaches_the_other_process_at_once(
    transactional_db: None, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_checks, "CHECK_EVERY", 3600.0)
    here, there = Hub(), Hub()
    session = await here.reader.run(make_session, None, curator, datetime.now(UTC) + RUNNING)
    sign_in = await here.reader.run(sign_in_of, curator)
    tab = await enter(there, session, sign_in)
    await here.reader.run(SessionStore(sign_in.key).flush)
    async with asyncio.timeout(30):
        while not tab.gone.done():  # until both are in the group
            here.on_sign_ins_changed(sign_in.person_id)
            await asyncio.sleep(0.1)
    assert tab.gone.result() == SIGNED_OUT
    await here.stop()
    await there.stop()
