"""One session under faults: clients that post, faults in turn, and what the checker finds."""

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
from tests.faults.machinery.cluster import Cluster
from tests.faults.machinery.recording_client import Address, RecordingClient
from tests.faults.machinery.tcp_proxy import TcpProxy
from tests.support.live import Server, Site

TIMEOUT = 45.0
RUNNING = timedelta(minutes=-4)

# What a process must never log, whatever fails around it.
FORBIDDEN_IN_LOGS = ("Traceback", "never retrieved", "Unhandled", "Internal Server Error")

# A process ends together with the thread that started it, so they are all started in one thread
# that lasts as long as the run.
START_THREAD = ThreadPoolExecutor(1)

Fault = Callable[["Scenario"], Awaitable[None]]


class Scenario:
    def __init__(self, cluster: Cluster, seed: int, starts_in: timedelta = RUNNING) -> None:
        self.cluster = cluster
        self.seed = seed
        self.chance = random.Random(seed)
        self.logged = {server: len(server.log) for server in cluster.servers}
        self.rehearsal = cluster.site.rehearse(starts_in)
        self.clients: list[RecordingClient] = []
        self.request_count = 0
        self.requests_per_second = 4.0  # of each writer
        self.is_posting = True
        self.recovered_at: list[float] = []  # monotonic seconds; when a service was back
        self.proxies = AsyncExitStack()

    @property
    def site(self) -> Site:
        return self.cluster.site

    @property
    def servers(self) -> list[Server]:
        return self.cluster.servers

    async def run(self, *faults: Fault, readers: int = 4) -> list[str]:
        """Inject the faults in turn while the clients post. Returns the checker's findings."""
        async with self.proxies:
            await self.connect_people(readers)
            posting = [
                asyncio.create_task(self.post_until_stopped(writer)) for writer in self.writers
            ]
            await asyncio.sleep(1.5)
            for fault in faults:
                await fault(self)
            await asyncio.sleep(1.5)
            self.is_posting = False
            await asyncio.gather(*posting)
            self.add_client(0)  # a late joiner must get everything
            unsettled = await self.wait_until_settled()
            for client in self.clients:
                await client.stop()
        self.cluster.restore()
        evidence = await asyncio.to_thread(self.collect_evidence)
        return [*unsettled, *findings(evidence), *self.process_problems()]

    async def connect_people(self, readers: int) -> None:
        ids = await asyncio.to_thread(final_state.people, self.site)
        self.browsers = await asyncio.to_thread(self.cluster.sign_in)
        self.people = [ids[email] for email in self.site.people]
        self.writers = [self.add_client(n) for n in range(len(self.people))]
        for n in range(readers):
            self.add_client(n % len(self.people))
        await self.wait_until(lambda: all(client.is_welcomed for client in self.clients))

    def add_client(self, person: int) -> RecordingClient:
        """One more tab for that person. The tabs take turns over which process they try first."""
        addresses = [Address(server.base, server.base) for server in self.servers]
        first = len(self.clients) % len(addresses)
        client = RecordingClient(
            self.people[person], self.browsers[person].cookies,
            addresses[first:] + addresses[:first], self.rehearsal.socket_path,
            random.Random(self.chance.random()),
        )  # fmt: skip
        self.clients.append(client)
        return client

    async def put_behind_proxies(self, client: RecordingClient) -> list[TcpProxy]:
        """Reconnect the client through proxies, one to each process. Returns them."""
        proxies = [
            await self.proxies.enter_async_context(TcpProxy(server.port)) for server in self.servers
        ]
        pairs = zip(proxies, self.servers, strict=True)
        client.addresses = cycle([Address(proxy.base, server.base) for proxy, server in pairs])
        times = len(client.absences)
        await client.abort_connection()
        await self.wait_until(lambda: len(client.absences) > times)
        return proxies

    async def post_until_stopped(self, client: RecordingClient) -> None:
        while self.is_posting:
            self.request_count += 1
            await client.send_random_request(self.request_count)
            await asyncio.sleep(self.chance.random() * 2 / self.requests_per_second)

    async def wait_until_settled(self) -> list[str]:
        """Wait until each client has all answers and every stored post. Returns a sentence for
        each client that does not get there in time."""
        try:
            await self.wait_until(lambda: not any(client.unanswered for client in self.clients))
            revision = await asyncio.to_thread(final_state.revision, self.site, self.rehearsal.id)
            await self.wait_until(lambda: all(client.rev >= revision for client in self.clients))
        except TimeoutError:
            return [
                f"client {n} waits for {len(client.unanswered)} answers at revision {client.rev}, "
                f"welcome: {client.is_welcomed}, refused: {client.refusals[-3:]}"
                for n, client in enumerate(self.clients)
            ]
        return []

    async def wait_until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT):
            while not holds():  # noqa: ASYNC110 (no single event makes it true)
                await asyncio.sleep(0.05)

    def collect_evidence(self) -> Evidence:
        client_logs = [client.client_log for client in self.clients]
        return final_state.collect_evidence(
            self.site, self.rehearsal.id, self.browsers[0], client_logs
        )

    def process_problems(self) -> list[str]:
        """I9: each process still runs, is healthy again, and logged nothing that it must not."""
        found = []
        for n, server in enumerate(self.servers):
            if server.process.poll() is not None:
                found.append(f"I9: process {n} ended with {server.process.returncode}")
            elif not server.is_healthy():
                found.append(f"I9: process {n} is not healthy again")
            log = server.log[self.logged[server] :]
            for word in FORBIDDEN_IN_LOGS:
                if word in log:
                    place = log.index(word)
                    excerpt = log[max(0, place - 300) : place + 900]
                    found.append(f"I9: process {n} logged: {excerpt}")
        return found

    # What faults use

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def start_server(self, start: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(START_THREAD, start)
        self.recovered_at.append(time.monotonic())

    async def end_server(self, server: Server, how: signal.Signals = signal.SIGTERM) -> None:
        await asyncio.to_thread(server.end, how)

    async def wait_until_minute(self, minutes: float, seconds: float = 0) -> None:
        """Sleep until that moment, counted from the start of the session."""
        begins = self.rehearsal.starts_at.timestamp()
        await asyncio.sleep(max(0.0, begins + minutes * 60 + seconds - time.time()))
