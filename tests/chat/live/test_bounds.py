"""Every bound is a setting: at the limit the room works, one past it a sentence says why not."""

import asyncio
import contextlib
import http.client
import socket
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from chat.edges.person_limits import PersonLimits
from chat.wire.close_codes import NotAdmitted
from tests.support.client import Client, leave
from tests.support.live import Browser, Server, Site
from tests.support.sessions import RUNNING

PEOPLE = ("dana@example.com", "jonas@example.com", "priya@example.com", "ada@example.com")
# As large as a post can be: 2,000 characters that take four bytes each.
LARGE = "𝄞" * 2000
POSTS = 1000  # more of them than all buffers between server and reader hold


@pytest.fixture(scope="module")
def tight(site: Site) -> Server:
    return site.serve(
        LIMIT_PEOPLE="2",
        LIMIT_SOCKETS="3",
        LIMIT_FRAMES="5",
        LIMIT_POSTS="2",
        LIMIT_CHANGES="2",
        LIMIT_SESSION_POSTS="3",
    )


@pytest.fixture(scope="module")
def people(tight: Server) -> list[Browser]:
    return [tight.browser().sign_in(email) for email in PEOPLE]


async def test_a_full_room_refuses_newcomers_with_a_reason(
    site: Site, people: list[Browser]
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(people[0], room).open(), await Client(people[1], room).open()
    late = await Client(people[2], room).open(after=None)
    refused = await late.until(lambda frame: frame["type"] == "refused")
    assert (refused["code"], "full" in refused["reason"]) == ("full", True)
    assert await late.until_closed() == 4429
    another_tab = await Client(people[0], room).open()
    await two.leave()
    assert another_tab.you["id"] == one.you["id"]
    late = await Client(people[2], room).open()
    await leave(one, another_tab, late)


async def test_one_tab_too_many_is_refused_with_a_reason(site: Site, people: list[Browser]) -> None:
    room = site.rehearse(RUNNING).socket_path
    tabs = [await Client(people[0], room).open() for _ in range(3)]
    fourth = await Client(people[0], room).open(after=None)
    refused = await fourth.until(lambda frame: frame["type"] == "refused")
    assert "3 rooms or tabs" in refused["reason"]
    assert await fourth.until_closed() == 4429
    await leave(*tabs)


async def test_frames_are_limited_to_a_rate_and_a_burst(site: Site, people: list[Browser]) -> None:
    room = site.rehearse(RUNNING).socket_path
    client = await Client(people[0], room).open(after=None)
    for n in range(15):
        await client.send(type="ping", t=n)
    await client.until(lambda frame: frame["type"] == "pong" and frame["t"] == 14)
    await asyncio.sleep(1)
    for n in range(8):
        await client.send(type="ping", t=n)
    assert await client.until_closed() == 4429


async def test_a_session_takes_its_last_post_and_no_more(site: Site, people: list[Browser]) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(people[0], room).open(), await Client(people[1], room).open()
    assert [(await one.post("a"))["type"] for _ in range(2)] == ["ack", "ack"]
    refused = await one.post("too fast")
    assert (refused["code"], 1 <= refused["retry_after"] <= 20) == ("too_fast", True)
    assert (await two.post("the last"))["seq"] == 3
    assert (await two.post("one more"))["code"] == "full"
    await leave(one, two)


async def test_changes_are_counted_over_all_tabs_of_a_person(
    site: Site, people: list[Browser]
) -> None:
    room = site.rehearse(RUNNING).socket_path
    one, other = await Client(people[0], room).open(), await Client(people[0], room).open()
    await one.post("a")
    assert (await one.command("react", seq=1, emoji="👍", on=True))["type"] == "ack"
    assert (await other.command("edit", seq=1, body="b"))["type"] == "ack"
    refused = await one.command("react", seq=1, emoji="👍", on=False)
    assert (refused["code"], 1 <= refused["retry_after"] <= 10) == ("too_fast", True)
    assert (await one.command("react", seq=1, emoji="👍", on=True))["type"] == "ack"
    await leave(one, other)


async def test_a_client_that_reads_nothing_is_cut_off_and_costs_little_memory(site: Site) -> None:
    wide = site.serve(LIMIT_POSTS="5000", LIMIT_FRAMES="5000")
    dana, jonas, priya = (wide.browser().sign_in(email) for email in PEOPLE[:3])
    room = site.rehearse(RUNNING).socket_path
    writer, reader = await Client(dana, room).open(), await Client(priya, room).open()
    slow = socket.create_connection(("127.0.0.1", wide.port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asleep = await connect(
        f"ws://127.0.0.1:{wide.port}{room}",
        sock=slow, origin=Origin(wide.base), max_queue=1,
        additional_headers={"Cookie": jonas.cookies},
    )  # fmt: skip
    await asleep.send('{"type":"hello","after":0}')
    before = wide.memory
    for n in range(POSTS // 20):
        await asyncio.gather(*(writer.post(LARGE) for _ in range(20)))
        await reader.until_holding(20 * n)
    assert wide.memory - before < 64 * 2**20
    heard = 0
    with contextlib.suppress(ConnectionClosed):
        async for _ in asleep:
            heard += 1
    # A client that does not even read the reason has its connection cut.
    assert asleep.close_code in (4408, 1006)
    assert 0 < heard < POSTS
    back = await Client(jonas, room).open()
    await back.until_holding(POSTS)
    await leave(writer, reader, back)


async def test_choices_are_counted_over_all_tabs_of_a_person(
    site: Site, people: list[Browser]
) -> None:
    room = site.rehearse(RUNNING).socket_path
    tabs = [await Client(people[0], room).open() for _ in range(3)]
    answers = await asyncio.gather(
        *(tab.command("mode", mode="talking") for tab in tabs for _ in range(6))
    )
    refused = [answer for answer in answers if answer["type"] == "refused"]
    assert 0 < len(refused) <= 6
    assert {(one["code"], one["retry_after"]) for one in refused} == {("too_fast", 1)}
    other = await Client(people[1], room).open()
    assert (await other.command("mode", mode="talking"))["type"] == "ack"
    await leave(other, *tabs)


async def test_polling_requests_are_counted_too(site: Site, people: list[Browser]) -> None:
    server = site.serve(LIMIT_FRAMES="1")
    path = site.rehearse(RUNNING).socket_path.replace("/ws/", "/api/") + "room/?after=0"

    def status() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": people[3].cookies})
            return connection.getresponse().status

    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 100:
        statuses.append(await asyncio.to_thread(status))
    assert statuses[:6] == [200] * 6
    assert statuses[-1] == 429


@pytest.mark.one_world
async def test_repeated_requests_for_the_whole_room_wait() -> None:
    limits = PersonLimits()
    most = int(limits.welcomed.most)
    await limits.take_turn(most)
    began = time.monotonic()
    await limits.take_turn(most // 50)
    assert time.monotonic() - began > 0.1
    with pytest.raises(NotAdmitted):
        await limits.take_turn(most)
    assert not limits.is_unused
    assert PersonLimits().is_unused


def test_text_limits_are_no_tighter_than_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def bounds(posts: int, changes: int) -> list[tuple[float, float] | None]:
        config = settings.CONFIG.model_copy(update={"limit_posts": posts, "limit_changes": changes})
        monkeypatch.setattr(settings, "CONFIG", config)
        limits = PersonLimits()
        return [(one.per_second, one.most) if one else None for one in (limits.posts, limits.edits)]

    assert bounds(10, 20) == [(3, 60), (3, 60)]
    assert bounds(5000, 100) == [(250, 5000), (10, 100)]
    assert bounds(0, 0) == [None, None]


async def test_a_flood_of_texts_is_refused_before_it_is_rendered(
    site: Site, server: Server
) -> None:
    """In a room that has begun and in one that has not; a known post is acknowledged later."""
    dana = server.browser().sign_in("dana@example.com")
    client = await Client(dana, site.rehearse(RUNNING).socket_path).open()
    early = await Client(dana, site.rehearse(timedelta(minutes=5)).socket_path).open()
    first = str(uuid4())
    assert (await client.post("taken", id=first))["type"] == "ack"
    seen = len(client.frames)
    for _ in range(80):
        await client.send(type="post", id=first, body="known")
    refused = await client.until(lambda frame: frame["type"] == "refused", since=seen)
    assert (refused["code"], refused["ref"], refused["retry_after"]) == ("too_fast", first, 1)
    assert (await early.post("before the start"))["code"] == "not_started"
    await asyncio.sleep(1 + refused["retry_after"])
    assert (await client.post("again", id=first))["type"] == "ack"
    await leave(client, early)
