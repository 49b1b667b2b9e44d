"""Signing in by a plain HTTP form post, as clients outside the project do it."""

import http.client
import re
from urllib.parse import urlencode

from tests.conftest import PASSWORD
from tests.support.live import Server


def ask(
    server: Server, method: str, path: str, cookies: dict[str, str], **fields: str
) -> tuple[int, str, str]:
    """Send one request with the cookies of the jar, and store those that come back."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, urlencode(fields) if fields else None, headers)
    response = connection.getresponse()
    body = response.read().decode()
    for header in response.headers.get_all("Set-Cookie") or []:
        name, value = re.match(r"([^=]+)=([^;]*)", header).groups()  # type: ignore[union-attr]
        cookies[name] = value
    connection.close()
    return response.status, response.headers.get("Location", ""), body


def test_a_cookie_jar_is_enough(server: Server) -> None:
    jar: dict[str, str] = {}
    status, _, _ = ask(server, "GET", "/accounts/login/", jar)
    assert status == 200
    fields = {"login": "dana@example.com", "password": PASSWORD}
    status, where, _ = ask(
        server, "POST", "/accounts/login/", jar, csrfmiddlewaretoken=jar["csrftoken"], **fields
    )
    assert (status, where) == (302, "/")
    status, _, body = ask(server, "GET", "/you/", jar)
    assert status == 200 and "dana@example.com" in body


def test_the_token_of_the_page_works_as_well_as_that_of_the_cookie(server: Server) -> None:
    jar: dict[str, str] = {}
    _, _, body = ask(server, "GET", "/accounts/login/", jar)
    [token, *_] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
    fields = {"login": "dana@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert ask(server, "POST", "/accounts/login/", jar, **fields)[:2] == (302, "/")


def test_without_the_token_nobody_is_signed_in(server: Server) -> None:
    jar: dict[str, str] = {}
    ask(server, "GET", "/accounts/login/", jar)
    fields = {"login": "dana@example.com", "password": PASSWORD}
    status, _, body = ask(server, "POST", "/accounts/login/", jar, **fields)
    assert status == 403 and "Nothing has happened yet" in body
    assert "talktech_session" not in jar


def test_an_unknown_host_is_told_nothing(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    response = connection.getresponse()
    body = response.read().decode()
    assert response.status == 400
    assert body == "There is no site at this address."
    connection.close()
