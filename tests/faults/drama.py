"""One session in trouble: people who talk, something that breaks, and what is found afterwards."""

import asyncio
import json
import random
import signal
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from statistics import quantiles

from tests.faults.checker import findings
from tests.faults.estate import Estate
from tests.faults.evidence import Evidence, Record
from tests.faults.witness import Witness
from tests.live import House, Server

PATIENCE = 45.0
RUNNING = timedelta(minutes=-4)

PEOPLE = """
from people.models import User
print(dict(User.objects.values_list("email", "pk")))
"""
REVISION = """
from curation.models import ChatSession
print(ChatSession.objects.get(pk={id}).revision)
"""
DUMP = """
import json
from datetime import timedelta
from django.db.models import Count
from chat.models import Post, Reaction
from curation.models import ChatSession
from transcripts import archive
session = ChatSession.objects.get(pk={id})
counts = {{}}
for seq, emoji, n in Reaction.objects.filter(post__session=session).values_list(
    "post__seq", "emoji").annotate(n=Count("id")):
    counts.setdefault(seq, {{}})[emoji] = n
records = [dict(seq=p.seq, rev=p.rev, topic=p.topic.position, author=p.author_id,
                client_id=str(p.client_id), at=p.at.isoformat(), body=p.body, html=p.html,
                state=p.state, reactions=counts.get(p.seq, {{}}))
           for p in Post.objects.filter(session=session).select_related("topic").order_by("seq")]
starts_at, revision = session.starts_at.isoformat(), session.revision
# Over at last, so that it has its transcript.
ChatSession.objects.filter(pk=session.pk).update(starts_at=session.starts_at - timedelta(hours=1))
content = archive.archive(session.pk).content
print(json.dumps(dict(starts_at=starts_at, revision=revision, records=records,
                      transcript=[[one[0], one[3]] for one in content])))
"""
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
        self.rehearsal = estate.house.rehearse(starts_in)
        self.witnesses: list[Witness] = []
        self.numbers = 0
        self.pace = 4.0  # wishes a second of each writer
        self.is_talking = True

    @property
    def house(self) -> House:
        return self.estate.house

    @property
    def servers(self) -> list[Server]:
        return self.estate.servers

    async def run(self, *troubles: Trouble, readers: int = 4) -> list[str]:
        """Let them talk while one trouble after the other comes; what was found."""
        await self.gather(readers)
        talk = [asyncio.create_task(self.talk(one)) for one in self.writers]
        await asyncio.sleep(1.5)
        for trouble in troubles:
            await trouble(self)
        await asyncio.sleep(1.5)
        self.is_talking = False
        await asyncio.gather(*talk)
        late = await self.settle()
        for witness in self.witnesses:
            await witness.leave()
        return [*late, *findings(await self.evidence()), *self.complaints()]

    async def gather(self, readers: int) -> None:
        people: dict[str, int] = eval(self.house.manage("shell", "-v0", "-c", PEOPLE))  # noqa: S307
        addresses = [server.base for server in self.servers]
        jars = {
            email: (await asyncio.to_thread(self.servers[0].browser().sign_in, email)).cookies
            for email in self.house.people
        }
        emails = list(self.house.people)
        self.writers = [self.witness(people[one], jars[one], addresses) for one in emails]
        for n in range(readers):
            email = emails[n % len(emails)]
            self.witness(people[email], jars[email], addresses)
        await self.until(lambda: all(one.is_welcome for one in self.witnesses))

    def witness(self, person: int, cookies: str, addresses: list[str]) -> Witness:
        turned = addresses[len(self.witnesses) % len(addresses) :] + addresses
        witness = Witness(
            person, cookies, turned[: len(addresses)], self.rehearsal.socket_path,
            random.Random(self.chance.random()),
        )  # fmt: skip
        self.witnesses.append(witness)
        return witness

    async def talk(self, witness: Witness) -> None:
        while self.is_talking:
            self.numbers += 1
            await witness.something(self.numbers)
            await asyncio.sleep(self.chance.random() * 2 / self.pace)

    async def settle(self) -> list[str]:
        """Until everybody has every answer and holds what is stored; who does not, is named."""
        try:
            await self.until(lambda: not any(one.unanswered for one in self.witnesses))
            code = REVISION.format(id=self.rehearsal.id)
            said = await asyncio.to_thread(self.house.manage, "shell", "-v0", "-c", code)
            revision = int(said.split()[-1])
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

    async def evidence(self) -> Evidence:
        code = DUMP.format(id=self.rehearsal.id)
        said = await asyncio.to_thread(self.house.manage, "shell", "-v0", "-c", code)
        stored = json.loads(said.splitlines()[-1])
        return Evidence(
            starts_at=datetime.fromisoformat(stored["starts_at"]),
            revision=stored["revision"],
            records=[
                Record(**{**one, "at": datetime.fromisoformat(one["at"])})
                for one in stored["records"]
            ],
            stories=[witness.story for witness in self.witnesses],
            transcript=[(seq, author) for seq, author in stored["transcript"]],
        )

    def complaints(self) -> list[str]:
        """I9: no process ended unasked, none said what it must never say."""
        found = []
        for n, server in enumerate(self.servers):
            if server.process.poll() is not None:
                found.append(f"I9: process {n} ended with {server.process.returncode}")
            for word in UNSEEMLY:
                if word in server.log:
                    place = server.log.index(word)
                    found.append(f"I9: process {n} said: {server.log[place - 300 : place + 900]}")
        return found

    def figures(self) -> str:
        lags = sorted(lag for one in self.witnesses for lag in one.lags)
        aways = sorted(away for one in self.witnesses for away in one.aways)
        return (
            f"seed {self.seed}: {self.numbers} wishes, send to receipt p95 {p95(lags):.0f} ms, "
            f"back after p95 {p95(aways):.0f} ms ({len(aways)} times)"
        )

    # Hands for troubles

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def start(self, starting: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(STARTER, starting)

    async def end(self, server: Server, how: signal.Signals = signal.SIGTERM) -> None:
        await asyncio.to_thread(server.end, how)

    async def at(self, minutes: float, seconds: float = 0) -> None:
        """Until that moment of the session."""
        begins = self.rehearsal.starts_at.timestamp()
        await asyncio.sleep(max(0.0, begins + minutes * 60 + seconds - time.time()))


def p95(values: list[float]) -> float:
    """In milliseconds."""
    if len(values) < 2:
        return (values or [0.0])[0] * 1000
    return quantiles(values, n=20)[-1] * 1000
