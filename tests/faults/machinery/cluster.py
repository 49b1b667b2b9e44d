"""An installation that a test can break: server processes, PostgreSQL and Redis."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from tests.faults.machinery.tcp_proxy import BackgroundProxy
from tests.support import services
from tests.support.databases import PostgresServer, SqliteFiles, shared_files
from tests.support.live import Browser, Site


class Redis:
    """A Redis server that keeps its port when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = services.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.lifetime = ExitStack()
        self.start()

    def start(self) -> None:
        command = [
            services.program("redis-server"), "--bind", "127.0.0.1", "--port", str(self.port),
            "--dir", str(self.folder), "--save", "", "--appendonly", "no",
        ]  # fmt: skip
        log = self.folder / "redis.log"
        self.process = self.lifetime.enter_context(services.running(command, log, signal.SIGTERM))
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
    """A PostgreSQL server with its own data directory, which can be stopped and started."""

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
        self.lifetime = ExitStack()
        self.start()
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE talktech")

    def url_by(self, port: int) -> str:
        return f"postgres://talktech@127.0.0.1:{port}/talktech"

    def start(self) -> None:
        command = [
            services.program("postgres"), "-D", str(self.data),
            "-c", "listen_addresses=127.0.0.1", "-c", f"port={self.port}",
            "-c", "unix_socket_directories=", "-c", "shared_buffers=64MB",
        ]  # fmt: skip
        # SIGQUIT asks PostgreSQL for an immediate shutdown, which has the effect of a power cut.
        self.process = self.lifetime.enter_context(
            services.running(command, self.folder / "postgres.log", signal.SIGQUIT, self.owner)
        )
        address = f"{self.server}/postgres"
        with services.answering(self.process, lambda: services.connect(address)):
            pass

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the postmaster and all its child processes."""
        postmaster = self.process.popen.pid
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                pid, _, rest = status.read_text().partition(" ")
                if int(rest.rpartition(")")[2].split()[1]) == postmaster:
                    os.kill(int(pid), number)
        os.kill(postmaster, number)

    def set_read_only(self, on: bool) -> None:
        """Imitate a fail-over that leaves clients connected to a standby."""
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            value = "on" if on else "off"
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            connection.execute("SELECT pg_reload_conf()")

    def stop_immediately(self) -> None:
        self.process.popen.send_signal(signal.SIGQUIT)
        self.process.popen.wait(timeout=20)


class IsolatedSite(Site):
    """A site on its own database and Redis instead of those that the test run shares."""

    def close(self) -> None:
        for server in self.servers:
            with contextlib.suppress(OSError):
                server.process.send_signal(signal.SIGCONT)
        self.stop()  # its database goes with the cluster, which may be down


class Clock:
    """One host's wall clock, set with libfaketime; its monotonic clock is left alone."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    def set(self, seconds: int) -> None:
        """Set the clock this many seconds ahead of the true time (negative: behind it)."""
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


class Cluster:
    """Everything that a session runs on: two processes over PostgreSQL and Redis, or one process
    over an SQLite file (`is_alone`)."""

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
        self.redis = None if is_alone else Redis(make_subfolder(folder, "redis"))
        self.postgres = None if is_alone else Postgres(make_subfolder(folder, "postgres"))
        self.database_proxy = BackgroundProxy(self.postgres.port) if self.postgres else None
        # Recording clients post faster than people do, and all come from one address.
        limits = {"LIMIT_POSTS": "0", "LIMIT_CHANGES": "0"}
        if not is_strict:
            limits |= {"LIMIT_SOCKETS": "2000", "LIMIT_FRAMES": "100000"}
        databases: PostgresServer | SqliteFiles = shared_files() or SqliteFiles(folder)
        if self.postgres and self.database_proxy:
            databases = PostgresServer(self.postgres.url_by(self.database_proxy.port))
        self.site = IsolatedSite(
            folder,
            databases=databases,
            environment={"REDIS_URL": self.redis.url if self.redis else "", **limits},
        )
        if self.clocks:
            self.servers = [self.site.serve(**clock.environment) for clock in self.clocks]
        else:
            self.servers = [self.site.serve() for _ in range(1 if is_alone else 2)]

    def sign_in(self) -> list[Browser]:
        """A signed-in browser for each person. Signing in takes seconds, so it happens once."""
        if not self.browsers:
            self.browsers = [self.servers[0].browser().sign_in(email) for email in self.site.people]
        return self.browsers

    def restore(self) -> None:
        """Start whatever a fault left stopped, so that the next test finds it running."""
        if self.redis is not None and self.redis.is_away:
            self.redis.start()

    def close(self) -> None:
        self.site.close()
        if self.database_proxy is not None:
            self.database_proxy.close()
        for service in (self.redis, self.postgres):
            if service is not None:
                service.lifetime.close()


def make_subfolder(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


@contextmanager
def running_cluster(
    *, is_alone: bool, has_clocks: bool = False, is_strict: bool = False
) -> Iterator[Cluster]:
    """Start a cluster and stop it at the end. `is_strict` leaves the limits on sockets and frames
    at their defaults."""
    # PostgreSQL's user must be able to enter the folder; pytest's own folders are private.
    with services.temporary_folder("faults") as folder:
        folder.chmod(0o755)
        cluster = Cluster(folder, is_alone=is_alone, has_clocks=has_clocks, is_strict=is_strict)
        try:
            yield cluster
        finally:
            cluster.close()
