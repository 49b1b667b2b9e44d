"""Servers for trouble: PostgreSQL and Redis that can be killed, stopped and started again."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from tests.faults.machinery.tcp_proxy import Line
from tests.support import services
from tests.support.live import Browser, Site


class Redis:
    """On one port, through however many lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = services.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.life = ExitStack()
        self.start()

    def start(self) -> None:
        command = [
            services.program("redis-server"), "--bind", "127.0.0.1", "--port", str(self.port),
            "--dir", str(self.folder), "--save", "", "--appendonly", "no",
        ]  # fmt: skip
        log = self.folder / "redis.log"
        self.process = self.life.enter_context(services.running(command, log, signal.SIGTERM))
        with services.answering(self.process, lambda: services.greet(self.url)):
            pass

    @property
    def is_away(self) -> bool:
        return self.process.has_ended()

    def kill(self) -> None:
        self.process.popen.kill()
        self.process.popen.wait()

    def signal(self, number: signal.Signals) -> None:
        self.process.popen.send_signal(number)

    def flush(self) -> None:
        client = services.greet(self.url)
        client.flushall()
        client.close()


class Postgres:
    """A cluster of its own, started and stopped as the trouble wants it."""

    def __init__(self, folder: Path) -> None:
        self.owner = services.unprivileged() if os.geteuid() == 0 else None
        self.folder = folder
        if self.owner:
            shutil.chown(folder, self.owner)
        self.data = folder / "data"
        self.port = services.free_port()
        services.run(
            [services.program("initdb"), "--pgdata", str(self.data), "--username=talktech",
             "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
            self.owner,
        )  # fmt: skip
        self.server = f"postgres://talktech@127.0.0.1:{self.port}"
        self.life = ExitStack()
        self.start()
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as one:
            one.execute("CREATE DATABASE talktech")

    def url_by(self, port: int) -> str:
        return f"postgres://talktech@127.0.0.1:{port}/talktech"

    def start(self) -> None:
        command = [
            services.program("postgres"), "-D", str(self.data),
            "-c", "listen_addresses=127.0.0.1", "-c", f"port={self.port}",
            "-c", "unix_socket_directories=", "-c", "shared_buffers=64MB",
        ]  # fmt: skip
        # SIGQUIT is PostgreSQL's immediate shutdown: as if the power had failed.
        self.process = self.life.enter_context(
            services.running(command, self.folder / "postgres.log", signal.SIGQUIT, self.owner)
        )
        address = f"{self.server}/postgres"
        with services.answering(self.process, lambda: services.connect(address)):
            pass

    def signal(self, number: signal.Signals) -> None:
        """To all of its processes."""
        ours = self.process.popen.pid
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                pid, _, rest = status.read_text().partition(" ")
                if int(rest.rpartition(")")[2].split()[1]) == ours:
                    os.kill(int(pid), number)
        os.kill(ours, number)

    def be_read_only(self, on: bool) -> None:
        """As after a fail-over that left the clients with the one that follows."""
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as one:
            value = "on" if on else "off"
            one.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            one.execute("SELECT pg_reload_conf()")

    def stop_at_once(self) -> None:
        self.process.popen.send_signal(signal.SIGQUIT)
        self.process.popen.wait(timeout=20)


class TroubledHouse(Site):
    """A site over a database that is its own."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.database_url = database_url
        self.redis_url = redis_url
        super().__init__(folder)

    def make_database(self) -> str:
        # What the settings read besides the database; the run's own Redis is not to be troubled.
        os.environ["REDIS_URL"] = self.redis_url
        return self.database_url

    def close(self) -> None:
        for server in self.servers:
            with contextlib.suppress(OSError):
                server.process.send_signal(signal.SIGCONT)
            server.end()


class Clock:
    """What one host takes for the time, by libfaketime; its other clocks go on as ever."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    def set(self, seconds: int) -> None:
        """So many seconds ahead of the true time."""
        self.file.write_text(f"{seconds:+d}")

    @property
    def environment(self) -> dict[str, str]:
        [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


class Estate:
    """All that a session in trouble runs on; in the world of one process only a file."""

    def __init__(
        self, folder: Path, *, is_alone: bool, has_clocks: bool = False, is_strict: bool = False
    ) -> None:
        self.is_alone = is_alone
        self.browsers: list[Browser] = []
        self.clocks = (
            [Clock(folder / f"clock-{n}") for n in range(1 if is_alone else 2)]
            if has_clocks
            else []
        )
        self.redis = None if is_alone else Redis(sub(folder, "redis"))
        self.postgres = None if is_alone else Postgres(sub(folder, "postgres"))
        self.line = Line(self.postgres.port) if self.postgres else None
        database = f"sqlite:///{folder}/troubled.sqlite3"
        redis_before = os.environ.get("REDIS_URL", "")
        try:
            self.site = TroubledHouse(
                folder,
                self.postgres.url_by(self.line.port) if self.postgres and self.line else database,
                self.redis.url if self.redis else "",
            )
        finally:
            os.environ["REDIS_URL"] = redis_before
        # Witnesses post faster than people, and there are many at one address.
        self.site.environment |= {
            "REDIS_URL": self.redis.url if self.redis else "",
            "LIMIT_POSTS": "0",
            "LIMIT_CHANGES": "0",
        }
        if not is_strict:
            self.site.environment |= {"LIMIT_SOCKETS": "2000", "LIMIT_FRAMES": "100000"}
        if self.clocks:
            self.servers = [self.site.serve(**clock.environment) for clock in self.clocks]
        else:
            self.servers = [self.site.serve() for _ in range(1 if is_alone else 2)]

    def sign_in(self) -> list[Browser]:
        """Everybody, once for all troubles: with a password it takes seconds."""
        if not self.browsers:
            self.browsers = [self.servers[0].browser().sign_in(email) for email in self.site.people]
        return self.browsers

    def mend(self) -> None:
        """As it was, for the next trouble."""
        if self.redis is not None and self.redis.is_away:
            self.redis.start()

    def close(self) -> None:
        self.site.close()
        if self.line is not None:
            self.line.close()
        for service in (self.redis, self.postgres):
            if service is not None:
                service.life.close()


def sub(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


@contextmanager
def estate(
    *, is_alone: bool, has_clocks: bool = False, is_strict: bool = False
) -> Iterator[Estate]:
    # PostgreSQL's user must reach its folder, which pytest keeps to itself.
    with services.temporary_folder("trouble") as place:
        place.chmod(0o755)
        made = Estate(place, is_alone=is_alone, has_clocks=has_clocks, is_strict=is_strict)
        try:
            yield made
        finally:
            made.close()
