"""The room over plain HTTP: the same rules and objects, for a client without a socket."""

import asyncio
import http.client
import json
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.support.client import Client
from tests.support.live import Browser, Rehearsal, Server, Site
from tests.support.sessions import RUNNING

Answer = tuple[int, dict[str, Any]]


@pytest.fixture(scope="module")
def shared(site: Site) -> str:
    """One room for tests that leave no trace; a person in too many rooms would be asked to wait."""
    return path_of(site.rehearse(RUNNING))


def path_of(rehearsal: Rehearsal) -> str:
    return f"/api/sessions/{rehearsal.id}/room/"


def ask(
    browser: Browser, method: str, path: str, body: bytes | None = None, **headers: str
) -> Answer:
    address = urlsplit(browser.base)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)) as c:
        sent = {"Cookie": browser.cookies} | {k.replace("_", "-"): v for k, v in headers.items()}
        c.request(method, path, body, sent)
        response = c.getresponse()
        text = response.read()
        if text:
            assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, json.loads(text) if text else {}


def get(browser: Browser, path: str, **question: int | str) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in question.items())
    return ask(browser, "GET", f"{path}?{query}")


def send(browser: Browser, path: str, **frame: Any) -> Answer:
    token = browser.cookie("csrftoken")
    return ask(browser, "POST", path, json.dumps(frame).encode(), X_CSRFToken=token)


async def test_a_polling_client_takes_part_in_the_same_room(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    rehearsal = site.rehearse(RUNNING)
    path = path_of(rehearsal)
    status, welcome = await asyncio.to_thread(get, dana, path, after=0)
    assert (status, welcome["type"], welcome["rev"], welcome["posts"]) == (200, "welcome", 0, [])
    assert welcome["you"]["name"] == "Dana Kowalski"

    client = await Client(jonas, rehearsal.socket_path).open()
    id = str(uuid4())
    status, ack = await asyncio.to_thread(send, dana, path, type="post", id=id, body="From afar")
    assert (status, ack) == (200, {"type": "ack", "ref": id, "seq": 1, "rev": 1})
    again = await asyncio.to_thread(send, dana, path, type="post", id=id, body="From afar")
    assert again == (status, ack)
    await client.until_holding(1)
    assert client.bodies == ["From afar"]

    status, changes = await asyncio.to_thread(get, dana, path, after=0)
    assert (changes["posts"][0]["body"], changes["rev"]) == ("From afar", 1)
    status, changes = await asyncio.to_thread(get, dana, path, after=1)
    assert (changes["after"], changes["posts"]) == (1, [])
    status, changes = await asyncio.to_thread(get, dana, path, after=99)
    assert (changes["after"], len(changes["posts"])) == (0, 1)
    await client.leave()


async def test_a_request_is_held_until_something_changes(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    rehearsal = site.rehearse(RUNNING)
    path = path_of(rehearsal)
    client = await Client(jonas, rehearsal.socket_path).open()
    await asyncio.sleep(2.5)  # until presence has settled
    await asyncio.to_thread(get, dana, path, after=0)
    await asyncio.sleep(2.5)
    await asyncio.to_thread(get, dana, path, after=0)
    held = asyncio.create_task(asyncio.to_thread(get, dana, path, after=0, wait=20))
    await asyncio.sleep(1.5)
    assert not held.done()
    await client.post("Something new")
    began = time.monotonic()
    _, welcome = await held
    assert [post["html"] for post in welcome["posts"]] == ["Something new"]
    assert time.monotonic() - began < 5
    await client.leave()


async def test_a_held_request_ends_after_its_wait(site: Site, dana: Browser) -> None:
    path = path_of(site.rehearse(RUNNING))
    for _ in range(2):
        await asyncio.to_thread(get, dana, path, after=0)
        await asyncio.sleep(2.5)
    await asyncio.to_thread(get, dana, path, after=0)
    began = time.monotonic()
    status, welcome = await asyncio.to_thread(get, dana, path, after=0, wait=2)
    assert (status, welcome["posts"]) == (200, [])
    assert 1.5 < time.monotonic() - began < 15


async def test_held_requests_occupy_no_threads(site: Site, server: Server) -> None:
    ada = server.browser().sign_in("ada@example.com")
    paths = [path_of(site.rehearse(RUNNING)) for _ in range(6)]

    def threads() -> int:
        return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))

    async def hold(path: str) -> Answer:
        return await asyncio.to_thread(get, ada, path, after=0, wait=3)

    for path in paths:
        await asyncio.to_thread(get, ada, path, after=0)
    before = threads()
    held = [asyncio.create_task(hold(path)) for path in paths]
    await asyncio.sleep(1)
    assert threads() <= before
    assert [status for status, _ in await asyncio.gather(*held)] == [200] * 6


@pytest.mark.one_world  # half a minute in which no database is asked anything
async def test_a_polling_client_is_present_for_half_a_minute(
    site: Site, dana: Browser, jonas: Browser
) -> None:
    rehearsal = site.rehearse(RUNNING)
    client = await Client(jonas, rehearsal.socket_path).open()
    await asyncio.to_thread(get, dana, path_of(rehearsal), after=0)
    await client.until(lambda f: f["type"] == "presence" and f["reading"] == 2)
    asked = time.monotonic()
    gone = await client.until(
        lambda f: f["type"] == "presence" and f["reading"] == 1,
        since=len(client.frames),
        seconds=40,
    )
    assert gone["reading"] == 1
    assert time.monotonic() - asked > 20
    await client.leave()


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        ({"type": "typing"}, (204, None)),
        ({"type": "ping", "t": 4}, (200, "pong")),
        ({"type": "hello", "after": 0}, (200, "welcome")),
        ({"type": "mode", "mode": "talking", "ref": "r"}, (200, "ack")),
        ({"type": "post", "id": str(uuid4()), "body": " "}, (200, "refused")),
        ({"type": "react", "seq": 1, "emoji": "💡", "on": True}, (200, "refused")),
        ({"type": "dance"}, (200, "refused")),
        ([], (200, "refused")),
    ],
)
def test_a_frame_gets_the_same_answer_as_over_a_socket(
    shared: str, dana: Browser, frame: Any, answer: tuple[int, str | None]
) -> None:
    token = dana.cookie("csrftoken")
    status, said = ask(dana, "POST", shared, json.dumps(frame).encode(), X_CSRFToken=token)
    assert (status, said.get("type")) == answer


def test_refusals_are_json_with_a_reason_and_never_a_redirect(
    shared: str, server: Server, dana: Browser
) -> None:
    path = shared
    token = dana.cookie("csrftoken")
    frame = b'{"type":"typing"}'
    stranger = server.browser()
    cases = [
        (get(stranger, path, after=0), 401),
        (get(dana, "/api/sessions/999999/room/", after=0), 404),
        (get(dana, "/api/sessions/9999999999999999999/room/", after=0), 404),
        (ask(dana, "POST", path, frame), 403),
        (ask(dana, "POST", path, frame, X_CSRFToken="x" * 32), 403),
        (ask(dana, "POST", path, frame, X_CSRFToken=token, Origin="https://evil.example"), 403),
        (ask(dana, "GET", path, Host="evil.example"), 400),
        (ask(dana, "GET", f"{path}?after=-1"), 400),
        (ask(dana, "GET", f"{path}?after=1e9"), 400),
        (ask(dana, "GET", f"{path}?after={2**70}"), 400),
        (ask(dana, "GET", f"{path}?after=0&wait=x"), 400),
        (ask(dana, "PUT", path, b""), 405),
        (ask(dana, "POST", path, b"x" * (32 * 1024), X_CSRFToken=token), 200),
        (ask(dana, "POST", path, b"x" * (32 * 1024 + 1), X_CSRFToken=token), 413),
        (ask(dana, "POST", path, b"\xff\xfe", X_CSRFToken=token), 200),
    ]
    for (status, said), wanted in cases:
        assert status == wanted, said
        assert said["reason"][-1] == "."


def test_the_tenth_mistake_in_a_minute_is_refused(site: Site, server: Server) -> None:
    ada = server.browser().sign_in("ada@example.com")
    path = path_of(site.rehearse(RUNNING))
    statuses = [send(ada, path, type="dance")[0] for _ in range(10)]
    assert statuses == [200] * 9 + [429]


async def test_a_sign_out_ends_polling_within_five_seconds(site: Site, server: Server) -> None:
    ada = server.browser().sign_in("ada@example.com")
    path = path_of(site.rehearse(RUNNING))
    cookies = ada.cookies

    def held() -> int:
        address = urlsplit(ada.base)
        with closing(http.client.HTTPConnection(str(address.hostname), address.port)) as c:
            while True:
                c.request("GET", f"{path}?after=0&wait=20", headers={"Cookie": cookies})
                response = c.getresponse()
                response.read()
                if response.status != 200:
                    return response.status

    asking = asyncio.create_task(asyncio.to_thread(held))
    await asyncio.sleep(1)
    await asyncio.to_thread(ada.post, "/accounts/logout/")
    assert await asyncio.wait_for(asking, 10) == 401


async def test_each_tab_of_a_sign_in_gets_news_that_is_not_a_post(
    site: Site, server: Server
) -> None:
    """Over HTTP, two tabs share a cookie, but news sent to one was not sent to the other."""
    dana, priya = (server.browser().sign_in(f"{who}@example.com") for who in ("dana", "priya"))
    rehearsal = site.rehearse(RUNNING)
    path = path_of(rehearsal)
    host = await Client(priya, rehearsal.socket_path).open()
    _, first = await asyncio.to_thread(get, dana, path, after=0)
    _, second = await asyncio.to_thread(get, dana, path, after=0)
    assert (await host.command("chair"))["type"] == "ack"
    assert (await host.command("silence", person=first["you"]["id"], on=True))["type"] == "ack"
    deadline = time.monotonic() + 15
    while not first["you"]["silenced"] and time.monotonic() < deadline:
        _, first = await asyncio.to_thread(get, dana, path, after=0, wait=1, news=first["news"])
    asked = time.monotonic()
    _, second = await asyncio.to_thread(get, dana, path, after=0, wait=20, news=second["news"])
    assert first["you"]["silenced"] and second["you"]["silenced"]
    assert time.monotonic() - asked < 15, "it was held"
    await host.leave()


def test_a_malformed_request_is_refused_and_logs_nothing(
    shared: str, server: Server, dana: Browser
) -> None:
    token = dana.cookie("csrftoken")
    many_fields = "&".join(f"f{n}=" for n in range(1100))
    form = "application/x-www-form-urlencoded"
    files = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n\r\n'
        for _ in range(120)
    )
    before = server.log
    fields = "&".join(f"f{n}={n}" for n in range(21))
    for path, status in ((f"{shared}?{fields}", 400), (f"{shared}?{fields[:-7]}", 200)):
        assert ask(dana, "GET", path)[0] == status
    for kind, body in (
        (f"{form}; charset=utf-16", b"a=b"),
        (f"{form}; charset=\\0", b"a=b"),
        (form, many_fields.encode()),
        ("multipart/form-data", b"rubbish"),
        ("multipart/form-data; boundary=x", files + b"--x--\r\n"),
    ):
        assert ask(dana, "POST", shared, body, Content_Type=kind)[0] == 403
        status, said = ask(dana, "POST", shared, body, Content_Type=kind, X_CSRFToken=token)
        assert (status, said["code"]) in {(200, "bad_request"), (429, "too_many")}
    for key in ('"\\000' + "a" * 31 + '"', "a" * 31 + "é", "A" * 32, "a" * 500):
        stranger = server.browser()
        address = urlsplit(stranger.base)
        with closing(http.client.HTTPConnection(str(address.hostname), address.port)) as c:
            c.request("GET", shared, headers={"Cookie": f"talktech_session={key}"})
            assert c.getresponse().status == 401
    assert server.log == before
