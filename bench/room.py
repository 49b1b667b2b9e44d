"""`make bench-room`: what the live room costs, beside what others cost in the same run.

Servers have one core, the load generator and databases another; real WebSockets on the loopback;
posts are on disk before they are acknowledged. It prints tables and asserts nothing.
"""

import argparse
import os
import resource
import sys
import tempfile
from pathlib import Path

from bench import load
from bench.contenders import World, people
from bench.figures import Figures
from bench.report import report
from bench.rounds import Bench
from tests.support.services import Missing, postgres, redis_server
from tests.support.worlds import environment

PARTS = ("fan", "join", "post", "two")
# Bounds that would measure themselves.
LIFTED = {
    "LIMIT_POSTS": "0",
    "LIMIT_CHANGES": "0",
    "LIMIT_SESSION_POSTS": "100000000",
    "LIMIT_SOCKETS": "1000",
    "LIMIT_FRAMES": "1000000",
    "LOG_LEVEL": "WARNING",
}


def choices() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-room", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=1000, help="Connections in the room.")
    parser.add_argument("--seconds", type=float, default=4, help="Of each measurement.")
    parser.add_argument("--burst", type=int, default=8, help="Posts that come at once.")
    parser.add_argument("--only", choices=PARTS, action="append", help="May be given repeatedly.")
    parser.add_argument("--quick", action="store_true", help="One round, 300 people, 1 s each.")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.people, chosen.seconds = 1, 300, 1
    chosen.people = max(100, chosen.people)
    return chosen


def two_cores() -> int:
    """Keep to all cores but one, which is given: the servers'."""
    *ours, servers = sorted(os.sched_getaffinity(0))
    if not ours:
        sys.exit("This needs two cores: one for the servers, one for the load.")
    os.sched_setaffinity(0, ours)
    return servers


def world(name: str, count: int, database: str, redis: str = "") -> World:
    print(f"Making {count} people in {name}", file=sys.stderr)
    settings = environment({"DATABASE_URL": database, "REDIS_URL": redis, **LIFTED})
    cookies = people(settings, "make", count)
    assert isinstance(cookies, list)
    return World(name, settings, cookies)


def main() -> None:
    chosen = choices()
    core = two_cores()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    figures = Figures()
    with (
        tempfile.TemporaryDirectory(prefix="talktech-bench-") as name,
        postgres() as database,
        redis_server() as redis,
    ):
        folder = Path(name)
        bench = Bench(
            figures, folder, load.make(folder), core, chosen.people, chosen.seconds, chosen.burst
        )
        # Redis is for who asks for a channel layer; our room asks for one where it has processes.
        sqlite = world("SQLite", chosen.people, f"sqlite:///{folder}/bench.sqlite3")
        shared = world("PostgreSQL", chosen.people, database, redis)
        with_layer = {**sqlite.environment, "REDIS_URL": redis}
        layered = World(sqlite.name, with_layer, sqlite.cookies)
        for number in range(1, chosen.rounds + 1):
            print(f"Round {number} of {chosen.rounds}", file=sys.stderr)
            bench.round(sqlite, layered, shared, set(chosen.only or PARTS))
    print(report(figures, chosen.people, chosen.burst, chosen.rounds))


if __name__ == "__main__":
    try:
        main()
    except Missing as missing:
        sys.exit(str(missing))
