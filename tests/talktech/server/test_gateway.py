"""One spelling of our address is served, and every answer carries the security headers."""

import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from email.message import Message

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.conftest import PASSWORD
from tests.support.live import Server, Site

NAME = "chat.example.com"
ORIGIN = Origin(f"https://{NAME}")
ROOM_API = "/api/sessions/1/room/?after=0"
ELSEWHERE = [
    "chat.example.com:1234",
    "chat.example.com:443",
    "chat.example.com.",
    "CHAT.example.com",
    "sub.chat.example.com",
    "chat.example.com, chat.example.com",
    "localhost",
    "evil.example",
    "",
]


@pytest.fixture(scope="module")
def named(site: Site) -> Iterator[Server]:
    """A server that people reach as https://chat.example.com."""
    server = site.serve(TALKTECH_URL=f"https://{NAME}", TRUSTED_PROXIES="1")
    yield server
    server.end()


def ask(
    server: Server, path: str, host: str = NAME, method: str = "GET", body: str = "", **more: str
) -> tuple[int, Message, str]:
    headers = {"Host": host, "X-Forwarded-For": "192.0.2.1"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    with closing(connection):
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


def raw(server: Server, head: str) -> str:
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as own:
        own.sendall(head.encode())
        with own.makefile("rb") as file:
            return file.readline().decode()


@pytest.mark.parametrize("host", ELSEWHERE)
def test_only_one_spelling_of_our_address_is_served(named: Server, host: str) -> None:
    logged = len(named.log.splitlines())
    for path in ("/", "/accounts/login/", "/health/", "/static/css/base/tokens.css", ROOM_API):
        status, _, body = ask(named, path, host)
        assert status == 400, (path, status)
        assert "There is no site at this address." in body
    lines = named.log.splitlines()[logged:]
    assert len(lines) == 5 and all("which is not ours" in line for line in lines), lines


@pytest.mark.parametrize(
    "head",
    [
        f"GET / HTTP/1.1\r\nHost: {NAME}\r\nHost: evil.example\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: {NAME}\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    ],
)
def test_two_hosts_or_none_are_refused(named: Server, head: str) -> None:
    assert raw(named, head).split()[1] == "400", head


async def test_a_socket_is_refused_under_another_spelling(named: Server) -> None:
    for host, status in ((f"{NAME}:1234", 403), ("evil.example", 403)):
        with pytest.raises(InvalidStatus) as refused:
            await connect(
                f"ws://{host}/ws/sessions/1/", host="127.0.0.1", port=named.port,
                origin=ORIGIN,
            )  # fmt: skip
        assert refused.value.response.status_code == status
        assert "max-age" in refused.value.response.headers["Strict-Transport-Security"]
    async with connect(
        f"ws://{NAME}/ws/sessions/1/", host="127.0.0.1", port=named.port, origin=ORIGIN
    ) as own:
        await own.wait_closed()
        assert own.close_code == 4401  # nobody is signed in, but the address is right


def test_without_an_address_the_loopback_names_at_the_served_port_are_ours(server: Server) -> None:
    for name in ("localhost", "127.0.0.1", "[::1]"):
        assert ask(server, "/health/", f"{name}:{server.port}")[0] == 200
        assert ask(server, "/health/", name)[0] == 400
        assert ask(server, "/health/", f"{name}:{server.port + 1}")[0] == 400


def test_a_reset_link_is_made_from_the_setting(named: Server) -> None:
    status, headers, page = ask(named, "/accounts/password/reset/")
    cookie = headers["Set-Cookie"].split(";")[0]
    [token, *_] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    status, _, _ = ask(
        named, "/accounts/password/reset/", method="POST",
        body=f"csrfmiddlewaretoken={token}&email=dana@example.com",
        Cookie=cookie, Referer=f"https://{NAME}/accounts/password/reset/",
        Content_Type="application/x-www-form-urlencoded",
        X_Forwarded_Host="evil.example", X_Forwarded_Proto="http", X_Forwarded_Port="1234",
    )  # fmt: skip
    assert status == 302
    links = re.findall(r"\S+/accounts/password/reset/key/\S+", named.log)
    assert links and all(link.startswith(f"https://{NAME}/accounts/") for link in links)
    assert "evil.example" not in named.log.split("Subject: ")[-1]


def test_every_answer_carries_the_security_headers(named: Server) -> None:
    answers = {
        "/accounts/login/": 200,
        "/nothing/here/": 404,
        "/static/css/base/tokens.css": 200,
        "/static/nothing.css": 404,
        "/health/": 200,
        "/": 302,
        ROOM_API: 401,
    }
    for path, wanted in answers.items():
        status, headers, _ = ask(named, path)
        assert status == wanted, path
        judge(headers, path)
        is_kept = "no-store" not in headers.get("Cache-Control", "")
        assert is_kept == (path == "/static/css/base/tokens.css"), path
    judge(ask(named, "/", "evil.example")[1], "another host")


def judge(headers: Message, what: str) -> None:
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, what
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", what
    assert headers["X-Content-Type-Options"] == "nosniff", what
    assert headers["X-Frame-Options"] == "DENY", what
    assert headers["Referrer-Policy"] == "same-origin", what
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", what
    for name in set(headers):
        assert name == "Set-Cookie" or len(headers.get_all(name) or []) == 1, (what, name)


def test_over_http_no_header_promises_https(server: Server) -> None:
    for path in ("/accounts/login/", ROOM_API):
        assert "Strict-Transport-Security" not in ask(server, path, f"localhost:{server.port}")[1]


def test_cookies_are_bound_to_the_host_and_sign_in_works_with_them(named: Server) -> None:
    jar: dict[str, str] = {}

    def take(headers: Message) -> None:
        for cookie in headers.get_all("Set-Cookie") or []:
            assert cookie.startswith("__Host-"), cookie
            assert "; Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
            name, value = cookie.split(";")[0].split("=", 1)
            jar[name] = value

    def cookies() -> str:
        return "; ".join(f"{name}={value}" for name, value in jar.items())

    take(ask(named, "/accounts/login/")[1])
    assert set(jar) == {"__Host-csrftoken"}
    status, headers, _ = ask(
        named, "/accounts/login/", method="POST", Cookie=cookies(),
        body=f"csrfmiddlewaretoken={jar['__Host-csrftoken']}&login=dana@example.com"
        f"&password={PASSWORD}",
        Referer=f"https://{NAME}/accounts/login/", Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert status == 302
    take(headers)
    assert "__Host-talktech_session" in jar
    status, _, page = ask(named, "/you/", Cookie=cookies())
    assert status == 200 and "dana@example.com" in page
    plain = cookies().replace("__Host-talktech_session", "talktech_session")
    assert ask(named, "/you/", Cookie=plain)[0] == 302


def test_no_page_of_a_signed_in_person_may_be_cached(server: Server) -> None:
    dana = server.browser().sign_in("dana@example.com")
    for path in (
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/nothing/here/",
        "/admin/",
    ):
        _, headers, _ = ask(server, path, f"localhost:{server.port}", Cookie=dana.cookies)
        assert "no-store" in headers["Cache-Control"], path


def test_signing_out_clears_the_browser_and_nothing_else_does(server: Server) -> None:
    dana = server.browser().sign_in("dana@example.com")
    host = f"127.0.0.1:{server.port}"
    path = "/accounts/logout/"
    kind = {"Cookie": dana.cookies, "Content_Type": "application/x-www-form-urlencoded"}
    for token, wanted in (("x" * 32, 403), (dana.cookie("csrftoken"), 302)):
        assert "Clear-Site-Data" not in ask(server, path, host, Cookie=dana.cookies)[1]
        body = f"csrfmiddlewaretoken={token}"
        status, headers, _ = ask(server, path, host, "POST", body, **kind)
        assert status == wanted
        cleared = headers.get("Clear-Site-Data")
        assert cleared == ('"cache", "storage"' if wanted == 302 else None)
