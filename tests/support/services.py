"""Starts PostgreSQL and Redis for tests: on free loopback ports, in temporary folders.

Both are as durable as in production: a commit is on disk before it is acknowledged. They end with
the process that started them, even if it is killed.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

PATIENCE = 30.0
OWNERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class Missing(Exception):
    """Raised when a program that the tests need is not on this machine."""


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str


@contextmanager
def services() -> Iterator[Services]:
    """Start PostgreSQL and Redis at the same time."""
    with ExitStack() as stack:
        yield Services(stack.enter_context(postgres()), stack.enter_context(redis_server()))


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server. Yields the address of an empty database; its owner may create
    others."""
    with temporary_folder("postgres") as folder:
        owner = unprivileged() if os.geteuid() == 0 else None
        if owner:
            shutil.chown(folder, owner)
        password = secrets.token_hex(16)
        data, key = folder / "data", folder / "password"
        key.write_text(password)
        key.chmod(0o644)
        run(
            [
                program("initdb"), "--pgdata", str(data),
                "--username=talktech", "--auth=scram-sha-256",
                "--pwfile", str(key), "--encoding=UTF8", "--locale=C", "--no-sync",
            ],
            owner,
        )  # fmt: skip
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "64MB",
        }
        command = [program("postgres"), "-D", str(data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        server = f"postgres://talktech:{password}@127.0.0.1:{port}"
        with running(command, folder / "log", signal.SIGINT, owner) as process:
            with answering(process, lambda: connect(f"{server}/postgres")) as connection:
                connection.execute("CREATE DATABASE talktech")
            yield f"{server}/talktech"


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis server without persistence. Yields its address."""
    with temporary_folder("redis") as folder:
        port = free_port()
        command = [
            program("redis-server"), "--bind", "127.0.0.1", "--port", str(port),
            "--dir", str(folder), "--save", "", "--appendonly", "no",
        ]  # fmt: skip
        url = f"redis://127.0.0.1:{port}/0"
        with running(command, folder / "log", signal.SIGTERM) as process:
            with answering(process, lambda: greet(url)):
                pass
            yield url


def connect(url: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(url, autocommit=True, connect_timeout=3)


def greet(url: str) -> redis.Redis:
    client = redis.Redis.from_url(url)
    client.ping()
    return client


class Process:
    """A running server, and what it has logged so far."""

    def __init__(self, popen: "subprocess.Popen[bytes]", log: Path) -> None:
        self.popen = popen
        self.log = log

    def has_ended(self) -> bool:
        return self.popen.poll() is not None


@contextmanager
def running(
    command: list[str], log: Path, how_to_stop: signal.Signals, owner: str | None = None
) -> Iterator[Process]:
    """Run the command until the block is left, as `user` if one is given."""
    with log.open("wb") as output:
        popen = subprocess.Popen(
            [*guard(how_to_stop, owner), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )
    try:
        yield Process(popen, log)
    finally:
        popen.send_signal(how_to_stop)
        try:
            popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


@contextmanager
def answering(process: Process, ask: Any) -> Iterator[Any]:
    """What `ask` returns, as soon as the process answers. Raises RuntimeError if it never does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            opened = ask()
            break
        except (psycopg.OperationalError, redis.ConnectionError):
            if process.has_ended() or time.monotonic() > deadline:
                raise RuntimeError(process.log.read_text(errors="replace")) from None
            time.sleep(0.05)
    with opened:
        yield opened


def run(command: list[str], owner: str | None) -> None:
    done = subprocess.run(
        [*as_user(owner), *command], capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def guard(how_to_stop: signal.Signals, owner: str | None) -> list[str]:
    """Make the program end with its parent, where the system supports that."""
    if sys.platform != "linux":
        return as_user(owner)
    name = how_to_stop.name.removeprefix("SIG")
    return [*(as_user(owner) or [program("setpriv")]), f"--pdeathsig={name}"]


def as_user(owner: str | None) -> list[str]:
    if owner is None:
        return []
    group = pwd.getpwnam(owner).pw_gid
    return [program("setpriv"), f"--reuid={owner}", f"--regid={group}", "--init-groups"]


def unprivileged() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in OWNERS if name in known)


def program(name: str) -> str:
    """A program's path, newest version first. Debian keeps PostgreSQL and nginx off the PATH."""
    kept = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])
    )
    found = str(kept[-1]) if kept else shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if not found:
        raise Missing(f"{name} is not installed. `make test` installs what the tests need.")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """A folder that is deleted afterwards, even if another user owns files in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"talktech-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
