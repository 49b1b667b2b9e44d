"""One round: everything that is measured, run in turn."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bench.contenders import CHANNELS, ORM, OURS, PLAIN, WS, Servers, World, run, serving
from bench.figures import Figures
from bench.load import Load, Phase, load

WRITERS = 50
PACE = 5  # posts a second
HISTORY = 50
JOINS_AT_ONCE = 300
TICKET, COOKIE, EMPTY = "by ticket", "by cookie", "by ticket, nobody there yet"
STEP_IN = 0.5  # seconds until what follows an opening has settled


@dataclass
class Bench:
    figures: Figures
    folder: Path
    program: Path
    core: int
    people: int
    seconds: float
    burst: int

    @contextmanager
    def contest(
        self, contender: str, world: World, processes: int = 1
    ) -> Iterator[tuple[Servers, Load]]:
        print(f"  {contender}, {world.name}", file=sys.stderr)
        log = self.folder / "servers.log"
        with (
            serving(contender, world, self.core, log, processes) as servers,
            load(self.program, servers.pids) as generator,
        ):
            yield servers, generator

    def note(self, phase: Phase, *name: object) -> None:
        """What every phase of posting says: no figure may come from lost or refused posts."""
        lost = phase["lost"] + phase["refused"] + phase["failed"]
        self.figures.add(*name, "lost", value=lost)
        self.figures.add(*name, "share", value=phase["own_cpu"] / phase["seconds"] * 100)

    def fan_out(self, contender: str, world: World, count: int) -> None:
        """One post at a time, then bursts, then a steady pace, to so many people."""
        add = self.figures.add
        with self.contest(contender, world) as (servers, generator):
            room = [f"/ws/sessions/{world.room()}/"]
            generator.open(servers.ports, room, world.cookies[:1])
            generator.ask("rest", STEP_IN)
            alone = servers.resident()
            opened = generator.open(servers.ports, room * count, world.cookies[:count])
            self.note(opened, "open", count, contender)
            generator.ask("rest", STEP_IN * 2)
            add("fan", count, contender, "memory", value=(servers.resident() - alone) / (count - 1))
            writers = min(WRITERS, count)
            generator.ask("waves", writers, 1, self.seconds / 2)  # everybody has spoken once
            singly = generator.ask("waves", writers, 1, self.seconds)
            self.per_delivery(singly, "fan", count, contender)
            burst = generator.ask("waves", writers, min(self.burst, writers), self.seconds)
            self.per_delivery(burst, "burst", count, contender)
            if singly["server_cpu"] / max(1, singly["posts"]) * PACE < 0.9:
                steady = generator.ask("pace", writers, PACE, self.seconds * 2)
                self.note(steady, "pace", count, contender)
                add("pace", count, contender, "p50", value=steady["receipt_p50"] / 1000)
                add("pace", count, contender, "p99", value=steady["receipt_p99"] / 1000)

    def per_delivery(self, phase: Phase, *name: object) -> None:
        self.note(phase, *name)
        if phase["deliveries"]:
            cost = phase["server_cpu"] / phase["deliveries"]
            self.figures.add(*name, "cost", value=cost * 1e6)
            self.figures.add(*name, "rate", value=1 / cost if cost else 0)
            self.figures.add(*name, "wall", value=phase["deliveries"] / phase["seconds"])
            joined = phase["deliveries"] / max(1, phase["frames"])
            self.figures.add(*name, "joined", value=joined)

    def join(self, contender: str, world: World, way: str) -> None:
        """Everybody comes within seconds, to a room where something was said already.

        By ticket as the page does it, or by cookie; to a process in which nobody is yet ("empty")
        as after a restart, else to one in which somebody is.
        """
        session = world.room(HISTORY)
        path = f"/ws/sessions/{session}/"
        with self.contest(contender, world) as (servers, generator), load(self.program, []) as one:
            if way != EMPTY:
                one.open(servers.ports, [path], world.cookies[:1])
            cookies = world.cookies[: self.people]
            paths = [path] * len(cookies)
            if way != COOKIE:
                paths = [f"{path}?ticket={ticket}" for ticket in world.tickets(session)]
            phase = generator.open(servers.ports, paths, cookies, JOINS_AT_ONCE)
            name = ("join", contender, way)
            add = self.figures.add
            add(*name, "rate", value=phase["live"] / phase["seconds"])
            add(*name, "cost", value=phase["server_cpu"] / max(1, phase["live"]) * 1e6)
            add(*name, "p50", value=phase["join_p50"] / 1000)
            add(*name, "p99", value=phase["join_p99"] / 1000)
            self.note(phase, *name)

    def post(self, contender: str, world: World, *, hello: bool) -> None:
        """Fifty writers, each posting again when acknowledged; with `hello` they also read."""
        with self.contest(contender, world) as (servers, generator):
            paths = [f"/ws/sessions/{world.room()}/"] * WRITERS
            generator.open(servers.ports, paths, world.cookies[:WRITERS], hello=hello)
            generator.ask("race", WRITERS, self.seconds / 4)
            phase = generator.ask("race", WRITERS, self.seconds)
            name = ("post", contender, world.name, "reading" if hello else "writing")
            self.figures.add(*name, "rate", value=phase["acks"] / phase["seconds"])
            self.figures.add(*name, "cost", value=phase["server_cpu"] / max(1, phase["acks"]) * 1e6)
            self.figures.add(*name, "p50", value=phase["ack_p50"] / 1000)
            self.figures.add(*name, "p99", value=phase["ack_p99"] / 1000)
            self.note(phase, *name)

    def store(self, world: World) -> None:
        """Storing alone, on the servers' core."""
        print(f"  storing alone, {world.name}", file=sys.stderr)
        environment = {**world.environment, "BENCH_CORE": str(self.core)}
        answer = run("bench.storing", environment, str(self.seconds))
        for way, found in cast(dict[str, dict[str, float]], answer).items():
            for figure, value in found.items():
                self.figures.add("store", way, world.name, figure, value=value)

    def processes(self, world: World, count: int) -> None:
        """The same room in so many processes."""
        with self.contest(OURS, world, count) as (servers, generator):
            paths = [f"/ws/sessions/{world.room()}/"] * self.people
            opened = generator.open(servers.ports, paths, world.cookies[: self.people])
            self.note(opened, "processes", count)
            generator.ask("waves", WRITERS, 1, self.seconds / 2)
            phase = generator.ask("waves", WRITERS, 1, self.seconds)
            self.per_delivery(phase, "processes", count)

    def round(self, sqlite: World, layered: World, postgres: World, parts: set[str]) -> None:
        """`layered` is SQLite with Redis for Channels' own layer."""
        if "fan" in parts:
            for count in (self.people, self.people // 10):
                for contender in (OURS, PLAIN, CHANNELS, WS):
                    own = layered if contender == CHANNELS else sqlite
                    self.fan_out(contender, own, count)
        if "join" in parts:
            for way in (TICKET, COOKIE, EMPTY):
                self.join(OURS, sqlite, way)
            self.join(CHANNELS, layered, COOKIE)
        if "post" in parts:
            for world in (sqlite, postgres):
                self.post(OURS, world, hello=True)
                self.post(OURS, world, hello=False)
                self.post(ORM, layered if world is sqlite else world, hello=False)
                self.store(world)
        if "two" in parts:
            self.processes(postgres, 1)
            self.processes(postgres, 2)
