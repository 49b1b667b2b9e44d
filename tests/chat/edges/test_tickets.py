"""A ticket spares its holder the look-ups of a join, and is worthless to anyone else."""

import json
import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from chat.attendance import Here
from chat.edges import tickets
from chat.law.sign_ins import SignIn, fingerprint
from tests.support.client import Client
from tests.support.live import Browser, Rehearsal, Server, Site

KEY = "a" * 32
SIGN_IN = SignIn(KEY, 7, fingerprint("hash"))
DANA = {"id": 7, "name": "Dana", "team": None, "host": False}


def issue() -> str:
    return tickets.issue(3, SIGN_IN, DANA, Here("talking", True, "2026"))


def test_a_ticket_identifies_its_holder() -> None:
    assert tickets.read(issue(), 3, KEY, None) == (
        7, DANA, Here("talking", True, "2026"), SIGN_IN,
    )  # fmt: skip
    holder = tickets.read(issue(), 3, KEY, 7)
    assert holder is not None
    assert holder[1]["host"] is True


@pytest.mark.parametrize(
    ("session", "key", "change"),
    [
        (4, KEY, str),
        (3, "b" * 32, str),
        (3, None, str),
        (3, KEY, lambda ticket: ""),
        (3, KEY, lambda ticket: ticket[:-1]),
        (3, KEY, lambda ticket: "x" + ticket),
        (3, KEY, lambda ticket: ticket.replace(":", "")),
    ],
)
def test_any_other_ticket_is_refused(session: int, key: str | None, change: Any) -> None:
    assert tickets.read(change(issue()), session, key, None) is None


@pytest.mark.parametrize(("seconds", "is_good"), [(0, True), (59, True), (62, False)])
def test_a_ticket_lasts_a_minute(
    monkeypatch: pytest.MonkeyPatch, seconds: int, is_good: bool
) -> None:
    ticket, now = issue(), time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + seconds)
    assert (tickets.read(ticket, 3, KEY, None) is not None) == is_good


@pytest.fixture(scope="module")
def dana(server: Server) -> Browser:
    return server.browser().sign_in("dana@example.com")


def ticket_of(browser: Browser, rehearsal: Rehearsal) -> str:
    page = browser.get(f"{rehearsal.path}room/")
    found = re.search(r'<script id="room-data"[^>]*>(.+?)</script>', page, re.DOTALL)
    assert found
    return str(json.loads(found[1])["ticket"])


async def test_a_ticket_admits_its_holder(site: Site, dana: Browser) -> None:
    rehearsal = site.rehearse(timedelta(minutes=-5))
    first = await Client(dana, rehearsal.socket_path).open()
    path = f"{rehearsal.socket_path}?ticket={quote(ticket_of(dana, rehearsal))}"
    second = await Client(dana, path).open()
    assert second.you == first.you
    assert (await second.post("Here I am"))["type"] == "ack"
    await first.until_holding(1)
    assert first.posts[1]["author"]["name"] == "Dana Kowalski"
    await first.leave()
    await second.leave()


async def test_another_persons_ticket_is_ignored(site: Site, server: Server, dana: Browser) -> None:
    rehearsal = site.rehearse(timedelta(minutes=-5))
    room = await Client(dana, rehearsal.socket_path).open()
    path = f"{rehearsal.socket_path}?ticket={quote(ticket_of(dana, rehearsal))}"
    jonas = server.browser().sign_in("jonas@example.com")
    client = await Client(jonas, path).open()
    assert client.you["name"] == "Jonas Meyer"
    stranger = await Client(server.browser(), path).open(after=None)
    assert await stranger.until_closed() == 4401
    for one in (room, client):
        await one.leave()
