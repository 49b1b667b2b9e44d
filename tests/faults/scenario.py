"""One session in trouble: people who talk, something that breaks, and what is found afterwards."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import cycle

from tests.faults.history.checker import findings
from tests.faults.history.evidence import Evidence
from tests.faults.machinery import final_state
from tests.faults.machinery.cluster import Estate
from tests.faults.machinery.recording_client import Address, Witness
from tests.faults.machinery.tcp_proxy import Cable
from tests.support.live import Server, Site

PATIENCE = 45.0
RUNNING = timedelta(minutes=-4)

# What a process must never say, whatever is broken around it.
UNSEEMLY = ("Traceback", "never retrieved", "Unhandled", "Internal Server Error")

# What is started ends with the thread that started it, so that thread is one that stays.
STARTER = ThreadPoolExecutor(1)

Trouble = Callable[["Drama"], Awaitable[None]]


class Drama:
    def __init__(self, estate: Estate, seed: int, starts_in: timedelta = RUNNING) -> None:
        self.estate = estate
        self.seed = seed
        self.chance = random.Random(seed)
        self.logged = {server: len(server.log) for server in estate.servers}
        self.rehearsal = estate.site.rehearse(starts_in)
        self.witnesses: list[Witness] = []
        self.numbers = 0
        self.pace = 4.0  # wishes a second of each writer
        self.is_talking = True
        self.mended: list[float] = []  # when something that was away was back
        self.cables = AsyncExitStack()

    @property
    def site(self) -> Site:
        return self.estate.site

    @property
    def servers(self) -> list[Server]:
        return self.estate.servers

    async def run(self, *troubles: Trouble, readers: int = 4) -> list[str]:
        """Let them talk while one trouble after the other comes; what was found."""
        async with self.cables:
            await self.gather(readers)
            talk = [asyncio.create_task(self.talk(one)) for one in self.writers]
            await asyncio.sleep(1.5)
            for trouble in troubles:
                await trouble(self)
            await asyncio.sleep(1.5)
            self.is_talking = False
            await asyncio.gather(*talk)
            self.witness(0)  # who comes late is told all of it
            late = await self.settle()
            for witness in self.witnesses:
                await witness.leave()
        self.estate.mend()
        evidence = await asyncio.to_thread(self.evidence)
        return [*late, *findings(evidence), *self.complaints()]

    async def gather(self, readers: int) -> None:
        ids = await asyncio.to_thread(final_state.people, self.site)
        self.browsers = await asyncio.to_thread(self.estate.sign_in)
        self.people = [ids[email] for email in self.site.people]
        self.writers = [self.witness(n) for n in range(len(self.people))]
        for n in range(readers):
            self.witness(n % len(self.people))
        await self.until(lambda: all(one.is_welcome for one in self.witnesses))

    def witness(self, person: int) -> Witness:
        """One more tab of one of the people; each begins at another process."""
        addresses = [Address(server.base, server.base) for server in self.servers]
        begins = len(self.witnesses) % len(addresses)
        witness = Witness(
            self.people[person], self.browsers[person].cookies,
            addresses[begins:] + addresses[:begins], self.rehearsal.socket_path,
            random.Random(self.chance.random()),
        )  # fmt: skip
        self.witnesses.append(witness)
        return witness

    async def lay_cables(self, witness: Witness) -> list[Cable]:
        """From now on that client comes through these, after its connection is cut."""
        cables = [await self.cables.enter_async_context(Cable(one.port)) for one in self.servers]
        pairs = zip(cables, self.servers, strict=True)
        witness.addresses = cycle([Address(cable.base, one.base) for cable, one in pairs])
        times = len(witness.aways)
        await witness.cut()
        await self.until(lambda: len(witness.aways) > times)
        return cables

    async def talk(self, witness: Witness) -> None:
        while self.is_talking:
            self.numbers += 1
            await witness.something(self.numbers)
            await asyncio.sleep(self.chance.random() * 2 / self.pace)

    async def settle(self) -> list[str]:
        """Until everybody has every answer and holds what is stored; who does not, is named."""
        try:
            await self.until(lambda: not any(one.unanswered for one in self.witnesses))
            revision = await asyncio.to_thread(final_state.revision, self.site, self.rehearsal.id)
            await self.until(lambda: all(one.rev >= revision for one in self.witnesses))
        except TimeoutError:
            return [
                f"client {n} waits for {len(one.unanswered)} answers at revision {one.rev}, "
                f"welcome: {one.is_welcome}, refused: {one.refusals[-3:]}"
                for n, one in enumerate(self.witnesses)
            ]
        return []

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 (many things may make it so)
                await asyncio.sleep(0.05)

    def evidence(self) -> Evidence:
        stories = [witness.story for witness in self.witnesses]
        return final_state.evidence(self.site, self.rehearsal.id, self.browsers[0], stories)

    def complaints(self) -> list[str]:
        """I9: no process ended unasked, none said what it must never say, each is well again."""
        found = []
        for n, server in enumerate(self.servers):
            if server.process.poll() is not None:
                found.append(f"I9: process {n} ended with {server.process.returncode}")
            elif not server.is_healthy():
                found.append(f"I9: process {n} is not well again")
            log = server.log[self.logged[server] :]
            for word in UNSEEMLY:
                if word in log:
                    place = log.index(word)
                    said = log[max(0, place - 300) : place + 900]
                    found.append(f"I9: process {n} said: {said}")
        return found

    # Hands for troubles

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def start(self, starting: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(STARTER, starting)
        self.mended.append(time.monotonic())

    async def end(self, server: Server, how: signal.Signals = signal.SIGTERM) -> None:
        await asyncio.to_thread(server.end, how)

    async def at(self, minutes: float, seconds: float = 0) -> None:
        """Until that moment of the session."""
        begins = self.rehearsal.starts_at.timestamp()
        await asyncio.sleep(max(0.0, begins + minutes * 60 + seconds - time.time()))
