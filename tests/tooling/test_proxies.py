"""Behind real proxies, a client whose requests are too large or broken affects nobody else."""

import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from email.message import Message
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.conftest import PASSWORD
from tests.support.live import Server, Site
from tests.support.services import program
from tests.tooling import proxies
from tests.tooling.proxies import NAME, Proxy, documented, made_certificate, ssl_socket

HSTS = "max-age=31536000; includeSubDomains"
POST = f"POST /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\n".encode()
GET = f"GET /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\n".encode()
CHUNK = b"fa00\r\n" + b"x" * 64_000 + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def pair(site: Site) -> Iterator[list[Server]]:
    settings = {"TALKTECH_URL": f"https://{NAME}", "TRUSTED_PROXIES": "1"}
    servers = [site.serve(**settings) for _ in range(2)]
    yield servers
    for server in servers:
        server.end()


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def proxy(
    request: pytest.FixtureRequest, pair: list[Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with getattr(proxies, request.param)(folder, made_certificate(folder), pair) as started:
        yield started


def send(proxy: Proxy, *parts: bytes) -> int:
    """The status of the answer; 0 if the proxy closes the connection without one."""
    with closing(ssl_socket(proxy)) as own:
        try:
            for part in parts:
                own.sendall(part)
        except OSError:
            pass  # the proxy has already answered and need not read on
        try:
            first = own.recv(65_536).split(b" ", 2)
        except OSError:
            return 0
        return int(first[1]) if len(first) > 1 else 0


class Jar(dict[str, str]):
    """The cookies of a person who uses the proxy."""

    def take(self, headers: Message) -> None:
        for cookie in headers.get_all("Set-Cookie") or []:
            assert cookie.startswith("__Host-") and "; Secure" in cookie, cookie
            name, value = cookie.split(";")[0].split("=", 1)
            self[name] = value

    def __str__(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.items())


def signed_in(proxy: Proxy) -> Jar:
    jar = Jar()
    jar.take(proxy.get("/accounts/login/")[1])
    token = jar["__Host-csrftoken"]
    fields = {"login": "dana@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token}
    with closing(proxy.connection()) as own:
        own.request(
            "POST", "/accounts/login/", urlencode(fields),
            {
                "Host": NAME, "Origin": f"https://{NAME}", "Cookie": str(jar),
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )  # fmt: skip
        response = own.getresponse()
        assert (response.status, response.headers["Location"]) == (302, "/")
        jar.take(response.headers)
    return jar


def test_pages_files_and_refusals_send_hsts_once(proxy: Proxy) -> None:
    for path, wanted in (
        ("/accounts/login/", 200),
        ("/static/css/base/tokens.css", 200),
        ("/x/", 404),
    ):
        status, headers, _ = proxy.get(path)
        assert status == wanted
        assert headers.get_all("Strict-Transport-Security") == [HSTS], path
        assert len(headers.get_all("Content-Security-Policy") or []) == 1


def test_another_spelling_of_the_name_reaches_nothing_else(proxy: Proxy) -> None:
    for host in (f"{NAME}:1234", NAME.upper(), f"{NAME}:443"):
        status, headers, _ = proxy.get("/live/", Host=host)
        assert status == 302 and headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ((POST, b"Content-Length: 3000000\r\n\r\n", b"x" * 3_000_000), {413}),
        ((POST, b"Content-Length: 3000000\r\n\r\n"), {413}),
        ((POST, b"Expect: 100-continue\r\nContent-Length: 3000000\r\n\r\n"), {413}),
        ((POST, b"Content-Length: 2000000\r\n\r\n", b"x" * 2_000_000), {403}),
        ((POST, CHUNKED, CHUNK * 50, b"0\r\n\r\n"), {413}),
        ((POST, CHUNKED, b"zz\r\n\r\n"), {400, 502}),  # Caddy answers 502
        ((GET, b"X-A: " + b"a" * 20_000 + b"\r\n\r\n"), {431, 400}),  # nginx answers 400
        (
            (GET, b"X-A: " + b"a" * 15_000 + b"\r\n", b"X-B: " + b"b" * 5_000 + b"\r\n\r\n"),
            {431, 400},
        ),
        ((b"rubbish\r\n\r\n",), {400}),
    ],
)
def test_a_refusal_is_passed_on_at_once_and_holds_up_nobody(
    proxy: Proxy, pair: list[Server], parts: tuple[bytes, ...], wanted: set[int]
) -> None:
    logged = [server.log for server in pair]
    with Neighbour(proxy) as seen:
        for _ in range(3):
            assert send(proxy, *parts) in wanted
    assert seen() == {200}
    lines = [
        line
        for server, before in zip(pair, logged, strict=True)
        for line in server.log[len(before) :].splitlines()
    ]
    assert len(lines) <= 3 and "Traceback" not in "".join(lines), "a line each at most"


def test_slow_and_broken_bodies_affect_only_their_sender(proxy: Proxy) -> None:
    with Neighbour(proxy) as seen:
        slow = [ssl_socket(proxy) for _ in range(10)]
        for own in slow:
            own.sendall(POST + b"Content-Length: 1000\r\n\r\nhalf")
        for _ in range(5):
            for own in slow:
                own.sendall(b".")
        for own in slow:
            own.close()
    assert seen() == {200}


async def test_a_socket_goes_through_and_stays_open_meanwhile(site: Site, proxy: Proxy) -> None:
    room = site.rehearse(timedelta(minutes=-5)).socket_path
    async with connect(
        f"wss://{NAME}{room}", host="127.0.0.1", port=proxy.port, ssl=proxy.tls,
        origin=Origin(f"https://{NAME}"), additional_headers={"Cookie": str(signed_in(proxy))},
    ) as own:  # fmt: skip
        await own.send('{"type":"hello","after":0}')
        assert '"welcome"' in str(await own.recv())
        for parts in ((POST, CHUNKED, CHUNK * 50), (GET, b"X-A: " + b"a" * 20_000 + b"\r\n\r\n")):
            send(proxy, *parts)
        await own.send('{"type":"ping","t":1}')
        while '"pong"' not in str(await own.recv()):
            pass


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_the_proxys_own_errors_send_hsts_too(site: Site, tmp_path: Path, kind: str) -> None:
    server = site.serve(TALKTECH_URL=f"https://{NAME}", TRUSTED_PROXIES="1")
    with getattr(proxies, kind)(tmp_path, made_certificate(tmp_path), [server]) as started:
        server.end()
        status, headers, _ = started.get("/accounts/login/")
        assert status in (502, 503)
        assert headers.get_all("Strict-Transport-Security") == [HSTS]


def test_caddy_accepts_the_documented_caddyfile(tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(documented(re.escape(NAME)))
    done = subprocess.run(
        [program("caddy"), "adapt", "--config", str(file), "--adapter", "caddyfile"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "reverse_proxy" in done.stdout, done.stderr


class Neighbour:
    """Another person who keeps sending requests; `seen()` returns the answers that they got."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.statuses: set[int] = set()
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.ask)

    def ask(self) -> None:
        while True:
            self.statuses.add(self.proxy.get("/accounts/login/")[0])
            if self.is_over.is_set():
                return

    def __enter__(self) -> Callable[[], set[int]]:
        self.thread.start()
        return lambda: self.statuses

    def __exit__(self, *fault: object) -> None:
        self.is_over.set()
        self.thread.join()
