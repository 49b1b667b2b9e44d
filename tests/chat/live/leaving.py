"""A person whose sign-in ends while a copy of its cookie, its ticket and its socket is in use."""

import asyncio
import contextlib
import copy
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from websockets.exceptions import ConnectionClosed

from tests.chat.live.test_polling import get, path_of, send
from tests.support.client import Client
from tests.support.live import PASSWORD, Browser, Rehearsal, Server, Site

LEO = "leo@example.com"
NEW_PASSWORD = "another fine staple"


class Leaver:
    """Leo, signed in, and the admin who decides about him."""

    def __init__(self, server: Server) -> None:
        self.browser = server.browser().sign_in(LEO)
        self.ada = server.browser().sign_in("ada@example.com")

    def data(self, rehearsal: Rehearsal) -> dict[str, Any]:
        page = self.browser.get(f"{rehearsal.path}room/")
        found = re.search(r'<script id="room-data"[^>]*>(.+?)</script>', page, re.DOTALL)
        assert found
        data: dict[str, Any] = json.loads(found[1])
        self.page = f"/admin/people/user/{data['me']['id']}/"
        return data

    def signs_out(self) -> None:
        self.browser.post("/accounts/logout/")

    def changes_the_password(self) -> None:
        new = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        self.browser.post("/accounts/password/change/", oldpassword=PASSWORD, **new)

    def gets_a_password_from_the_admin(self, password: str = NEW_PASSWORD) -> None:
        self.ada.post(f"{self.page}password/", password1=password, password2=password)

    def is_deactivated(self) -> None:
        self.ada.post(f"{self.page}change/", name="Leo Leaver", email=LEO, time_zone="")

    def is_back(self) -> None:
        self.gets_a_password_from_the_admin(PASSWORD)
        active = {"name": "Leo Leaver", "email": LEO, "time_zone": "", "is_active": "on"}
        self.ada.post(f"{self.page}change/", **active)


WAYS: list[Callable[[Leaver], None]] = [
    Leaver.signs_out,
    Leaver.changes_the_password,
    Leaver.gets_a_password_from_the_admin,
    Leaver.is_deactivated,
]


def make_leo(site: Site) -> str:
    site.manage(
        "create_user", f"--email={LEO}", "--name=Leo Leaver", "--team=Platform",
        f"--password={PASSWORD}",
    )  # fmt: skip
    return LEO


def elsewhere(browser: Browser, server: Server) -> Browser:
    """A copy of that browser's cookies, used at that server; it does not follow a sign-out."""
    copied = server.browser()
    for cookie in browser.jar:
        copied.jar.set_cookie(copy.copy(cookie))
    return copied


async def leave(
    site: Site, rehearsal: Rehearsal, here: Server, there: Server, way: Callable[[Leaver], None]
) -> None:
    """Leo leaves `here` in that way; check that his sign-in works neither `here` nor `there`."""
    leo = await asyncio.to_thread(Leaver, here)
    data = leo.data(rehearsal)
    path = path_of(rehearsal)
    kept = elsewhere(leo.browser, there)
    witness = await Client(elsewhere(leo.ada, there), rehearsal.socket_path).open()
    by_socket = await Client(kept, rehearsal.socket_path).open()
    held = asyncio.create_task(asyncio.to_thread(until_refused, kept, path))
    try:
        await asyncio.to_thread(way, leo)
        for at in {here, there}:
            again = elsewhere(kept, at)
            post = {"type": "post", "id": str(uuid4()), "body": "Still here"}
            assert (await asyncio.to_thread(send, again, path, **post))[0] == 401
            assert (await asyncio.to_thread(get, again, path, after=0))[0] == 401
            by_ticket = f"{rehearsal.socket_path}?ticket={quote(data['ticket'])}"
            back = await Client(again, by_ticket).open(after=None)
            with contextlib.suppress(ConnectionClosed):
                await back.send(type="hello", after=0)
                await back.send(**post)
            assert await back.until_closed() == 4401
            assert [frame["type"] for frame in back.frames] == []
        assert await by_socket.until_closed() == 4401
        assert await held == 401
        assert witness.posts == {}
    finally:
        await asyncio.to_thread(leo.is_back)
        await witness.leave()


def until_refused(browser: Browser, path: str) -> int:
    """Hold one request after the other; the status of the first that is refused."""
    status = 200
    while status == 200:
        status, _ = get(browser, path, after=0, wait=20)
    return status
