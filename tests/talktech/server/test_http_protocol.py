"""Requests that are too large or malformed get an answer at once, not a reset."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from talktech.server.http_protocol import LARGEST_BODY
from tests.support.live import Server, Site

POST = b"POST /accounts/login/ HTTP/1.1\r\nHost: chat.example.com\r\n"
GET = b"GET /accounts/login/ HTTP/1.1\r\nHost: chat.example.com\r\n"
CHUNK = b"fa00\r\n" + b"x" * 64_000 + b"\r\n"
TOO_LARGE = b"Content-Length: %d\r\n" % (LARGEST_BODY + 1)


@pytest.fixture(scope="module")
def named(site: Site) -> Iterator[Server]:
    server = site.serve(TALKTECH_URL="https://chat.example.com", TRUSTED_PROXIES="1")
    yield server
    server.end()


def exchange(server: Server, *parts: bytes) -> tuple[int, dict[str, str], str]:
    """Send everything, then read the one answer: status, headers, body."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as own:
        for part in parts:
            own.sendall(part)
        answer = b""
        while data := own.recv(65_536):
            answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines)
    assert "HTTP/1.1" not in body.decode(), "one answer to one request"
    return int(first.split()[1]), fields, body.decode()


@pytest.mark.parametrize(
    ("status", "parts"),
    [
        # The body is never sent, so the answer has to come before it.
        (413, (POST, TOO_LARGE, b"\r\n")),
        (413, (POST, b"Expect: 100-continue\r\n", TOO_LARGE, b"\r\n")),
        (413, (POST, b"Content-Length: 999999999999999999999\r\n\r\n")),
        # All of it is sent before the answer is read.
        (413, (POST, b"Content-Length: 3000000\r\n\r\n", b"x" * 3_000_000)),
        (413, (POST, b"Transfer-Encoding: chunked\r\n\r\n", CHUNK * 50, b"0\r\n\r\n")),
        (413, (POST, b"Transfer-Encoding: chunked\r\n\r\n", CHUNK * 50)),
        (431, (GET, b"X-A: " + b"a" * 20_000 + b"\r\n\r\n")),
        (431, (GET, b"X-A: " + b"a" * 200_000)),
        (431, (GET, (b"X-A: " + b"a" * 1_000 + b"\r\n") * 17, b"\r\n")),
        (431, (GET, b"X-A: a\r\n" * 500, b"\r\n")),
        (414, (b"GET /?" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",)),
        (414, (b"\x00" * 20_000,)),
        (400, (b"rubbish\r\n\r\n",)),
        (400, (GET, b"No colon\r\n\r\n")),
        (400, (GET, b"A b: c\r\n\r\n")),
        (400, (GET, b"A: \x00\r\n\r\n")),
        (400, (POST, b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", b"ab")),
        (400, (POST, b"Transfer-Encoding: gzip\r\n\r\n")),
        (400, (POST, b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n")),
        (400, (b"GET /\xff HTTP/1.1\r\nHost: chat.example.com\r\nConnection: close\r\n\r\n",)),
    ],
)
def test_a_bad_request_is_answered_at_once_with_our_headers(
    named: Server, status: int, parts: tuple[bytes, ...]
) -> None:
    logged = named.log
    answered, fields, body = exchange(named, *parts)
    assert answered == status
    assert fields["connection"] == "close"
    assert int(fields["content-length"]) == len(body) and body.endswith(".")
    assert fields["strict-transport-security"] == "max-age=31536000; includesubdomains"
    assert "default-src 'none'" in fields["content-security-policy"]
    assert fields["cache-control"] == "no-store"
    assert named.log == logged


def test_requests_of_the_largest_size_are_accepted(named: Server) -> None:
    close = b"Connection: close\r\n"
    body = (POST, close, b"Content-Length: %d\r\n\r\n" % LARGEST_BODY, b"x" * LARGEST_BODY)
    assert exchange(named, *body)[0] == 403  # without its token
    header = (GET, close, b"X-A: " + b"a" * 16_000 + b"\r\n\r\n")
    assert exchange(named, *header)[0] == 200
    headers = (GET, close, b"X-A: a\r\n" * 498, b"\r\n")
    assert exchange(named, *headers)[0] == 200


def test_a_body_without_end_is_cut_off_and_takes_no_memory(named: Server) -> None:
    before = named.memory
    with closing(socket.create_connection(("127.0.0.1", named.port), timeout=20)) as own:
        own.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):
            own.sendall(CHUNK * 2_000)  # 128 MB
    assert named.memory - before < 16 * 2**20
    assert named.is_healthy()


def test_bodies_that_end_early_do_no_harm(named: Server) -> None:
    logged = named.log
    for _ in range(20):
        with closing(socket.create_connection(("127.0.0.1", named.port), timeout=20)) as own:
            own.sendall(POST + b"Content-Length: 1000\r\n\r\nhalf")
    assert named.is_healthy()
    assert named.log == logged
