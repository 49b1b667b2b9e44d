"""Real server processes on a separate database, and people who sign in to them over HTTP."""

import contextlib
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

import psycopg

from tests.support.commands import Commands
from tests.support.databases import PostgresServer, SqliteFiles
from tests.support.databases import databases as default_databases

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
SERVE = ("manage.py", "serve")

# What is in a site's database from the start: only tables, tables and people, or the demo.
Contents = Literal["tables", "people", "demo"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """A signed-in cookie jar, for clients that need no page."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = CookieJar()
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=20) as response:
            return str(response.read().decode())

    def post(self, path: str, **fields: str) -> str:
        data = urlencode({"csrfmiddlewaretoken": self.cookie("csrftoken"), **fields}).encode()
        request = Request(self.base + path, data, {"Referer": self.base + path})
        with self.opener.open(request, timeout=20) as response:
            return str(response.read().decode())

    def cookie(self, name: str) -> str:
        return next((cookie.value or "" for cookie in self.jar if cookie.name == name), "")

    def sign_in(self, email: str, password: str = PASSWORD) -> "Browser":
        self.get("/accounts/login/")
        self.post("/accounts/login/", login=email, password=password)
        assert self.cookie("talktech_session"), f"{email} is not signed in"
        return self

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


class Server:
    """One `manage.py serve`, or another program that serves the site at a port."""

    def __init__(self, site: "Site", program: tuple[str, ...] = SERVE, **environment: str) -> None:
        self.site = site
        self.program = program
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log_path = site.folder / f"serve-{self.port}.log"
        self.environment = {**site.environment, **environment}
        self.start()

    def start(self) -> None:
        self.launch()
        self.wait_until_healthy()

    def launch(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.is_healthy():
                    return
            assert self.process.poll() is None, self.log
            time.sleep(0.05)
        raise AssertionError(f"The server does not answer:\n{self.log}")

    def is_healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            own = f"127.0.0.1:{self.port}"
            host = urlsplit(self.environment["TALKTECH_URL"]).netloc or own
            connection.request("GET", "/health/", headers={"Host": host})
            return connection.getresponse().status == 200

    @property
    def memory(self) -> int:
        """Bytes that the process holds in memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def browser(self) -> Browser:
        return Browser(self.base)

    def end(self, how: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=20)


class Site:
    """A separate database with some people in it, and the servers that use it."""

    people = {  # noqa: RUF012
        "priya@example.com": ("Priya Raman", "Learning Services", "--curator"),
        "dana@example.com": ("Dana Kowalski", "Multimedia", ""),
        "jonas@example.com": ("Jonas Meyer", "Platform", ""),
        "ada@example.com": ("Ada Admin", "Platform", "--admin"),
    }

    def __init__(
        self,
        folder: Path,
        *,
        contents: Contents = "people",
        databases: SqliteFiles | PostgresServer | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.name = f"live_{uuid4().hex[:12]}"
        self.databases = databases or default_databases()
        self.servers: list[Server] = []
        self.started: Commands | None = None
        self.environment = {
            **os.environ,
            "SECRET_KEY": "a secret of the tests and of nothing else",
            "DEBUG": "false",
            "TALKTECH_URL": "",
            **(environment or {}),
        }
        if contents == "demo":  # its instants are relative to now, so it is no copy
            self.environment["DATABASE_URL"] = self.databases.new(folder, self.name)
            self.manage("demo", "--load-only")
        else:
            fill = partial(self.fill, contents)
            self.environment["DATABASE_URL"] = self.databases.copy(
                folder, self.name, contents, fill
            )

    def fill(self, contents: Contents, database_url: str) -> None:
        environment = {**self.environment, "DATABASE_URL": database_url}
        with contextlib.closing(Commands(environment, self.folder / "fill.log")) as commands:
            commands.run("migrate", "--verbosity=0")
            for email, (name, team, role) in self.people.items() if contents == "people" else ():
                commands.run(
                    "create_user", f"--email={email}", f"--name={name}", f"--team={team}",
                    f"--password={PASSWORD}", *filter(None, [role]),
                )  # fmt: skip

    def manage(self, *arguments: str) -> str:
        """What that `manage.py` command prints."""
        if self.started is None:
            self.started = Commands(self.environment, self.folder / "commands.log")
        return self.started.run(*arguments)

    def serve(self, *program: str, **environment: str) -> Server:
        server = Server(self, program or SERVE, **environment)
        self.servers.append(server)
        return server

    def rehearse(self, starts_in: timedelta, title: str = "A rehearsal") -> "Rehearsal":
        starts_at = instant(starts_in)
        printed = self.manage("rehearse", "--starts-at", starts_at.isoformat(), "--title", title)
        found = dict(re.findall(r"^(id|path)=(.+)$", printed, re.MULTILINE))
        return Rehearsal(int(found["id"]), found["path"], starts_at)

    def move(self, rehearsal: "Rehearsal", starts_in: timedelta) -> None:
        """Change when the rehearsal starts; an open room notices within a second.

        A test uses this to reach a boundary when it is ready for it, on a slow machine too.
        """
        rehearsal.starts_at = instant(starts_in)
        change = (
            "UPDATE curation_chatsession SET starts_at = {}, edition = edition + 1 WHERE id = {}"
        )
        address = self.environment["DATABASE_URL"]
        if address.startswith("sqlite"):
            values = (rehearsal.starts_at.strftime("%Y-%m-%d %H:%M:%S.%f"), rehearsal.id)
            with contextlib.closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as file:
                file.execute(change.format("?", "?"), values)
                file.commit()
        else:
            with psycopg.connect(address) as connection:
                connection.execute(change.format("%s", "%s"), (rehearsal.starts_at, rehearsal.id))

    def close(self) -> None:
        self.stop()
        self.databases.drop(self.name)

    def stop(self) -> None:
        for server in self.servers:
            server.end()
        if self.started is not None:
            self.started.close()


def instant(starts_in: timedelta) -> datetime:
    """The instant in whole milliseconds, as the wire has it, so that a frame never seems late."""
    starts_at = datetime.now(UTC) + starts_in
    return starts_at.replace(microsecond=starts_at.microsecond // 1000 * 1000)


class Rehearsal:
    def __init__(self, id: int, path: str, starts_at: datetime) -> None:
        self.id = id
        self.path = path
        self.starts_at = starts_at

    @property
    def socket_path(self) -> str:
        return f"/ws/sessions/{self.id}/"


@contextlib.contextmanager
def site_in(folder: Path, contents: Contents = "people") -> Iterator[Site]:
    site = Site(folder, contents=contents)
    try:
        yield site
    finally:
        site.close()
