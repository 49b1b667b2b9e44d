"""The room on a server that offers nothing but ASGI: slower, and otherwise the same."""

import asyncio
import contextlib
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.support.client import Client
from tests.support.live import ROOT, Browser, Site, free_port
from tests.support.sessions import RUNNING


@pytest.fixture(scope="module")
def uvicorn(site: Site) -> Iterator[str]:
    """The base address of a uvicorn that serves the same application."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "talktech.asgi:application", "--port", str(port)]
    with (site.folder / "uvicorn.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--lifespan", "off", "--ws", "websockets-sansio"],
            cwd=ROOT, env=site.environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while not answers(port):
            assert process.poll() is None, (site.folder / "uvicorn.log").read_text()
            assert time.monotonic() < deadline, "uvicorn does not answer"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", "/health/")
            return connection.getresponse().status == 200
    return False


async def test_a_room_works_on_another_server(site: Site, uvicorn: str) -> None:
    dana = Browser(uvicorn).sign_in("dana@example.com")
    jonas = Browser(uvicorn).sign_in("jonas@example.com")
    room = site.rehearse(RUNNING).socket_path
    one, two = await Client(dana, room).open(), await Client(jonas, room).open()
    for n in range(10):
        assert (await one.post(f"post {n}"))["seq"] == n + 1
    await two.command("react", seq=1, emoji="💡", on=True)
    await asyncio.gather(one.until_at(11), two.until_at(11))
    assert two.bodies == one.bodies == [f"post {n}" for n in range(10)]
    assert one.posts[1]["reactions"] == {"💡": 1}
    back = await Client(jonas, room).open(after=5)
    await back.until_at(11)
    assert sorted(back.posts) == [1, 6, 7, 8, 9, 10]
    for client in (one, two, back):
        await client.leave()
