"""Known failures of this kind of stack that no other test covers."""

import asyncio
import http.client
import json
import signal
import socket
from contextlib import closing
from typing import Any

import pytest

from chat.ledger.post_record import PostRecord
from chat.room.post_frames import Extras, show
from tests.support.client import Client
from tests.support.live import Browser, Server, Site
from tests.support.sessions import RUNNING

LIMIT_SOCKETS = 10  # by default
GOOD = PostRecord(
    id=1,
    seq=1,
    rev=1,
    taken_rev=1,
    topic_id=3,
    author_id=7,
    client_id="0d9f1d0e5a8b4f9e9c0a0123456789ab",
    body="Hello",
    html="Hello",
    at="2026-11-26 13:00:00",
    reply_to_id=None,
    topic=1,
    reply_to=None,
    author_name="Dana",
    author_team=None,
)


async def test_many_small_fragments_count_as_one_large_message(site: Site, dana: Browser) -> None:
    room = site.rehearse(RUNNING).socket_path
    client = await Client(dana, room).open()
    for kib, answer in ((31, "pong"), (33, None)):
        text = json.dumps({"type": "ping", "t": kib, "padding": "x" * (kib * 1024 - 60)})
        await client.socket.send([text[at : at + 512] for at in range(0, len(text), 512)])
        if answer:
            await client.until(lambda frame: frame["type"] == "pong" and frame["t"] == 31)
    assert await client.until_closed() == 1009


def test_a_body_is_read_no_further_than_anything_of_ours_is_large(server: Server) -> None:
    before = server.memory
    for size, status in ((2_000_000, 403), (2_000_001, 413), (40_000_000, 413)):
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as one:
            one.request("POST", "/accounts/login/", b"x" * size)
            assert one.getresponse().status == status, size
    assert server.memory - before < 32 * 2**20


def test_a_client_does_not_choose_where_our_addresses_begin(server: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as one:
        one.request("GET", "/accounts/login/", headers={"Daphne-Root-Path": "/evil"})
        response = one.getresponse()
        assert (response.status, b"/evil" in response.read()) == (200, False)


def test_a_busy_process_drops_none_of_four_hundred_connections(site: Site) -> None:
    """While the process is busy, the system accepts the connections for it."""
    server = site.serve()
    server.process.send_signal(signal.SIGSTOP)
    try:
        line = [socket.create_connection(("127.0.0.1", server.port), timeout=2) for _ in range(400)]
    finally:
        server.process.send_signal(signal.SIGCONT)
    for one in line:
        one.close()
    assert server.is_healthy()


@pytest.mark.parametrize("broken", [{"client_id": "zz"}, {"at": "never"}, {"html": "\ud800"}])
def test_a_broken_post_does_not_stop_the_posts_after_it(
    broken: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    shown = show(GOOD._replace(**broken), Extras([]), None)
    post = json.loads(shown.encoded)
    assert (post["seq"], post["html"]) == (1, "This post can’t be displayed.")
    assert "can't be shown" in caplog.text
    assert json.loads(show(GOOD, Extras([]), None).encoded)["html"] == "Hello"


async def test_two_hundred_sockets_leave_neither_people_nor_tabs_behind(
    site: Site,
) -> None:
    # A process of its own: tabs count in all rooms, and people may still be in other tests' rooms.
    server = site.serve()
    dana = server.browser().sign_in("dana@example.com")
    jonas = server.browser().sign_in("jonas@example.com")
    room = site.rehearse(RUNNING).socket_path
    watcher = await Client(jonas, room).open()
    for _ in range(39):
        clients = [await Client(dana, room).open() for _ in range(5)]
        await asyncio.gather(*(client.leave() for client in clients))
    clients = [await Client(dana, room).open() for _ in range(5)]
    person = clients[0].you["id"]
    await clients[0].command("mode", mode="talking")  # others see who talks
    async with asyncio.timeout(15), watcher.changed:
        await watcher.changed.wait_for(lambda: person in watcher.people)
    await asyncio.gather(*(client.leave() for client in clients))
    async with asyncio.timeout(15), watcher.changed:
        await watcher.changed.wait_for(lambda: person not in watcher.people)
    # None of the two hundred tabs still counts, so a person may open their full number again.
    tabs = [await Client(dana, room).open() for _ in range(LIMIT_SOCKETS)]
    assert {tab.you["name"] for tab in tabs} == {"Dana Kowalski"}
    await asyncio.gather(*(tab.leave() for tab in [*tabs, watcher]))
