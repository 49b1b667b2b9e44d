"""Databases for the sites of a run; one is migrated and filled, and the others are its copies."""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

Fill = Callable[[str], None]


class SqliteFiles:
    """SQLite's: one file each, the templates in a folder that all workers of the run share."""

    def __init__(self, templates: Path) -> None:
        self.templates = templates

    def new(self, folder: Path, name: str) -> str:
        """The address of an empty one."""
        return f"sqlite:///{folder / name}.sqlite3"

    def copy(self, folder: Path, name: str, template: str, fill: Fill) -> str:
        """The address of a copy of the template, which `fill` makes if it does not exist yet."""
        original = self.templates / f"template_{template}.sqlite3"
        with (self.templates / "templates.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not original.exists():
                unfinished = self.new(self.templates, f"unfinished_{template}")
                fill(unfinished)
                Path(unfinished.removeprefix("sqlite:///")).rename(original)
        address = self.new(folder, name)
        shutil.copy(original, address.removeprefix("sqlite:///"))
        return address

    def drop(self, name: str) -> None:
        """A file goes with its folder."""


class PostgresServer:
    """PostgreSQL's, in the server at that address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def new(self, folder: Path, name: str) -> str:
        with self.connection() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.address(name)

    def copy(self, folder: Path, name: str, template: str, fill: Fill) -> str:
        original = f"template_{template}"
        with self.connection() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('templates'))")
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [original])
            if not found.fetchone():
                fill(self.new(folder, f"unfinished_{template}"))
                connection.execute(f'ALTER DATABASE "unfinished_{template}" RENAME TO "{original}"')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        return self.address(name)

    def drop(self, name: str) -> None:
        with self.connection() as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def address(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    @contextmanager
    def connection(self) -> Iterator["psycopg.Connection"]:
        with contextlib.closing(psycopg.connect(self.url, autocommit=True)) as connection:
            yield connection


def databases() -> SqliteFiles | PostgresServer:
    """Where this run has its own."""
    return shared_files() or PostgresServer(settings.CONFIG.database_url)


def shared_files() -> SqliteFiles | None:
    """Of a run on SQLite."""
    if not settings.SQLITE:
        return None
    return SqliteFiles(Path(settings.CONFIG.database_url.removeprefix("sqlite:///")).parent)
