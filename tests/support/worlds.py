"""Runs the tests in one of two worlds: SQLite alone, or PostgreSQL and Redis.

    python -m tests.support.worlds sqlite [pytest's arguments]
    python -m tests.support.worlds servers [pytest's arguments]
    python -m tests.support.worlds quick [pytest's arguments]

Each world is new and ignores the settings of the person who starts it. In the second, only tests
that use the database or the channel layer run again (`tests.support.selection` decides which);
`quick` is SQLite without the tests that start a server or a browser.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from talktech.config import Settings
from tests.support.selection import AGAIN, QUICK
from tests.support.services import Missing, services, temporary_folder


@contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    with temporary_folder("sqlite") as folder:
        yield {"DATABASE_URL": f"sqlite:///{folder}/world.sqlite3", "REDIS_URL": ""}


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    with services() as started:
        yield {"DATABASE_URL": started.database_url, "REDIS_URL": started.redis_url}


# Most tests wait for sockets, browsers and servers, so three at a time keep two cores busy.
WORKERS = "3"

WORLDS = {
    "sqlite": (sqlite, []),
    "servers": (servers, ["-m", AGAIN]),
    "quick": (sqlite, ["-m", QUICK]),
}


def main(name: str, arguments: list[str]) -> int:
    """Run pytest. Returns its exit status."""
    world, selection = WORLDS[name]
    with world() as address:
        command = [sys.executable, "-m", "pytest", "-n", WORKERS, *selection, *arguments]
        return subprocess.run(command, env=environment(address), check=False).returncode


def environment(address: dict[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not is_a_setting(name)}
    own.pop("PYTHONUNBUFFERED", None)  # with it, no test would notice output that is flushed late
    return {**own, **address, "DEBUG": "false", "SECRET_KEY": "known to the tests and nobody else"}


def is_a_setting(name: str) -> bool:
    return name.removesuffix("_FILE").lower() in Settings.model_fields


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in WORLDS:
        sys.exit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except Missing as missing:
        sys.exit(str(missing))
