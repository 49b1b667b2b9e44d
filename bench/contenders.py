"""What is compared: our room in its ways, and others beside it. Each server has one core."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0

OURS = "TalkTech"
PLAIN = "TalkTech, plain ASGI send"
CHANNELS = "Channels' own pattern"
ORM = "one ORM create per post"
WS = "Node's ws"


@dataclass(frozen=True)
class World:
    """A database, the settings that lead to it, and the cookies of the people in it."""

    name: str
    environment: Mapping[str, str]
    cookies: Sequence[str]

    def room(self, posts: int = 0) -> int:
        number = people(self.environment, "room", posts)
        assert isinstance(number, int)
        return number

    def tickets(self, session: int) -> list[str]:
        found = people(self.environment, "tickets", session)
        assert isinstance(found, list)
        return found


def people(environment: Mapping[str, str], verb: str, number: int) -> object:
    return run("bench.people", environment, verb, str(number))


def run(module: str, environment: Mapping[str, str], *arguments: str) -> object:
    """The answer of one of our programs, which is the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: object = json.loads(done.stdout.splitlines()[-1])
    return answer


def command(contender: str, port: int) -> list[str]:
    """How it is started. All listen with the same backlog."""
    if contender == WS:
        return ["node", "bench/broadcast.mjs", str(port)]
    if contender == OURS:
        return [sys.executable, "manage.py", "serve", "--port", str(port)]
    application = "talktech.asgi" if contender == PLAIN else "bench.pattern"
    endpoint = f"tcp:port={port}:interface=127.0.0.1:backlog=2048"
    return [sys.executable, "-m", "daphne", "-v", "0", "-e", endpoint, f"{application}:application"]


@dataclass(frozen=True)
class Servers:
    ports: list[int]
    pids: list[int]

    def resident(self) -> int:
        """Bytes of memory in all of them."""
        page = os.sysconf("SC_PAGE_SIZE")
        return sum(
            int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page for pid in self.pids
        )


@contextmanager
def serving(
    contender: str, world: World, core: int, log: Path, processes: int = 1
) -> Iterator[Servers]:
    """So many processes of it on that core, ready."""
    environment = {**world.environment, "BENCH_QUIET": str(int(contender == ORM))}
    ports = [free_port() for _ in range(processes)]
    started: list[subprocess.Popen[bytes]] = []
    try:
        with log.open("ab") as output:
            for port in ports:
                started.append(
                    subprocess.Popen(
                        command(contender, port),
                        cwd=ROOT,
                        env=environment,
                        stdout=output,
                        stderr=output,
                        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
                    )
                )
        for port, process in zip(ports, started, strict=True):
            until_it_listens(port, process, log)
        yield Servers(ports, [process.pid for process in started])
    finally:
        for process in started:
            process.kill()
            process.wait()


def until_it_listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace")[-3000:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
