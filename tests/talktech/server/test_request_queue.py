"""The request queue: waiting requests are served in turn and take no thread."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from talktech.server import request_queue
from talktech.server.request_queue import (
    EMAILS_AT_ONCE,
    PAGES_AT_ONCE,
    PASSWORDS_AT_ONCE,
    RequestQueue,
)
from tests.support.live import Server, Site


class Desk:
    """Stands in for Django: records the requests, and serves each until it may go on."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.served.append(scope["name"])
        await self.gates.setdefault(scope["name"], asyncio.Event()).wait()

    def finish(self, name: str) -> None:
        self.gates[name].set()


def request(name: str, address: str = "203.0.113.1", **more: Any) -> dict[str, Any]:
    scope = {"method": "POST", "path": "/accounts/login/", "client": (address, 1), "headers": []}
    return {**scope, "name": name, **more}


class Hall:
    def __init__(self) -> None:
        self.desk = Desk()
        self.queue = RequestQueue(self.desk)
        self.sent: list[dict[str, Any]] = []

    async def come(
        self, name: str, address: str = "203.0.113.1", **more: Any
    ) -> asyncio.Task[None]:
        async def send(message: dict[str, Any]) -> None:
            self.sent.append(message)

        task = asyncio.create_task(self.queue(request(name, address, **more), None, send))
        await asyncio.sleep(0)
        return task

    @property
    def is_empty(self) -> bool:
        turns = self.queue.passwords
        return turns.free == PASSWORDS_AT_ONCE and not turns.lines and not turns.waiting

    async def finish(self, name: str) -> None:
        self.desk.finish(name)
        for _ in range(5):
            await asyncio.sleep(0)


async def test_two_requests_are_served_at_a_time_and_the_addresses_in_turn() -> None:
    hall = Hall()
    tasks = [await hall.come(f"office {n}") for n in range(1, 5)]
    tasks.append(await hall.come("home", "198.51.100.7"))
    assert hall.desk.served == ["office 1", "office 2"]
    await hall.finish("office 1")
    await hall.finish("office 2")
    assert hall.desk.served == ["office 1", "office 2", "office 3", "home"]
    for name in ("office 3", "home", "office 4"):
        await hall.finish(name)
    await asyncio.gather(*tasks)
    assert hall.is_empty


async def test_a_request_that_gives_up_waiting_keeps_no_place() -> None:
    hall = Hall()
    tasks = [await hall.come(str(n)) for n in range(5)]
    tasks[2].cancel()
    tasks[0].cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert hall.desk.served == ["0", "1", "3"]
    for name in ("1", "3", "4"):
        await hall.finish(name)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert hall.is_empty


async def test_a_request_that_gives_up_at_its_turn_releases_the_place() -> None:
    hall = Hall()
    tasks = [await hall.come(str(n)) for n in range(4)]
    hall.desk.finish("0")
    await asyncio.wait([tasks[0]])  # its place is released, and not taken yet
    tasks[2].cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert hall.desk.served[-1] == "3"
    for name in ("1", "3"):
        await hall.finish(name)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert hall.is_empty


@pytest.mark.parametrize(
    ("more", "at_once"),
    [
        ({"method": "GET"}, PAGES_AT_ONCE),
        ({"path": "/you/"}, PAGES_AT_ONCE),
        ({"path": "/health/", "method": "GET"}, PAGES_AT_ONCE + 3),
    ],
)
async def test_pages_do_not_wait_for_passwords_and_health_waits_for_nothing(
    more: dict[str, str], at_once: int
) -> None:
    hall = Hall()
    tasks = [await hall.come(f"password {n}") for n in range(PASSWORDS_AT_ONCE + 1)]
    hall.desk.served.clear()
    pages = [str(n) for n in range(PAGES_AT_ONCE + 3)]
    tasks += [await hall.come(page, **more) for page in pages]
    assert len(hall.desk.served) == at_once
    for name in [*pages, *(f"password {n}" for n in range(PASSWORDS_AT_ONCE + 1))]:
        await hall.finish(name)
    await asyncio.gather(*tasks)
    assert hall.is_empty


@pytest.mark.parametrize(
    "path", ["/accounts/password/reset/", "/accounts/signup/", "/accounts/confirm-email/"]
)
async def test_a_sign_in_does_not_wait_for_the_mail_server(path: str) -> None:
    hall = Hall()
    senders = [str(n) for n in range(EMAILS_AT_ONCE + 1)]
    tasks = [await hall.come(name, path=path) for name in senders]
    tasks.append(await hall.come("sign-in"))
    assert hall.desk.served == [*senders[:EMAILS_AT_ONCE], "sign-in"]
    for name in [*senders, "sign-in"]:
        await hall.finish(name)
    await asyncio.gather(*tasks)
    assert hall.is_empty


async def test_an_ipv6_network_has_one_place_in_the_queue() -> None:
    hall = Hall()
    tasks = [await hall.come(f"flood {n}", f"2001:db8::{n}") for n in range(1, 6)]
    tasks.append(await hall.come("home", "2001:db8:0:1::1"))
    for name in ("flood 1", "flood 2"):
        await hall.finish(name)
    assert hall.desk.served[-1] == "home"
    for name in ("home", "flood 3", "flood 4", "flood 5"):
        await hall.finish(name)
    await asyncio.gather(*tasks)


async def test_a_full_queue_refuses_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_queue, "MOST_OF_AN_ADDRESS", 3)
    hall = Hall()
    tasks = [await hall.come(str(n)) for n in range(PASSWORDS_AT_ONCE + 3)]
    assert not hall.sent
    await hall.come("one too many")
    assert hall.sent[0]["status"] == 503 and b"Wait" in hall.sent[1]["body"]
    tasks.append(await hall.come("elsewhere", "198.51.100.7"))
    for n in range(PASSWORDS_AT_ONCE + 3):
        await hall.finish(str(n))
    await hall.finish("elsewhere")
    await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, b"198.51.100.7", "10.0.0.1"),
        (1, b"198.51.100.7", "198.51.100.7"),
        (1, b"6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, b"198.51.100.7, 10.0.0.9", "198.51.100.7"),
        (2, b"198.51.100.7", "10.0.0.1"),
        (1, b"", "10.0.0.1"),
        (1, b"2001:db8:1:2::7", "2001:db8:1:2::/64"),
    ],
)
def test_the_address_is_what_the_trusted_proxies_report(
    settings: Any, proxies: int, header: bytes, address: str
) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"trusted_proxies": proxies})
    scope = {"client": ("10.0.0.1", 5), "headers": [(b"x-forwarded-for", header)]}
    assert request_queue.client_address(scope) == address


def test_forty_colleagues_can_sign_in_at_the_same_moment(site: Site, server: Server) -> None:
    before = server.memory
    emails = list(site.people) * 10
    with ThreadPoolExecutor(len(emails)) as crowd:
        browsers = list(crowd.map(lambda email: server.browser().sign_in(email), emails))
    assert len(browsers) == 40  # `sign_in` has looked at each
    assert server.memory - before < 80 * 2**20  # one hash, not forty
