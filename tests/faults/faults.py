"""The faults: each is a function that breaks one thing under a running session."""

import asyncio
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.scenario import Scenario
from tests.support.live import PASSWORD, ROOT, Server

TOO_SLOW = 4408


async def one_of_two_is_killed(scenario: Scenario, times: int = 1) -> None:
    for _ in range(times):
        server = scenario.chance.choice(scenario.servers)
        await scenario.end_server(server, signal.SIGKILL)
        await scenario.sleep(2)
        await scenario.start_server(server.start)


async def a_process_freezes(scenario: Scenario, seconds: float = 8) -> None:
    server = scenario.chance.choice(scenario.servers)
    server.process.send_signal(signal.SIGSTOP)
    await scenario.sleep(seconds)
    server.process.send_signal(signal.SIGCONT)
    scenario.recovered_at.append(time.monotonic())


async def a_process_freezes_and_all_leave_it(scenario: Scenario) -> None:
    """Its sockets still hold unread frames, which the other process gets again, and newer ones."""
    server = scenario.chance.choice(scenario.servers)
    server.process.send_signal(signal.SIGSTOP)
    await scenario.sleep(1)
    await everybody_is_cut_off(scenario)
    server.process.send_signal(signal.SIGCONT)
    scenario.recovered_at.append(time.monotonic())
    await scenario.sleep(1)


async def a_frozen_process_finds_postgres_gone(scenario: Scenario) -> None:
    assert scenario.cluster.postgres is not None
    server = scenario.chance.choice(scenario.servers)
    server.process.send_signal(signal.SIGSTOP)
    await scenario.sleep(1)
    await asyncio.to_thread(scenario.cluster.postgres.stop_immediately)
    await scenario.sleep(1)
    for client in scenario.clients:
        await client.abort_connection()
    server.process.send_signal(signal.SIGCONT)
    await scenario.sleep(2)
    await scenario.start_server(scenario.cluster.postgres.start)
    await scenario.sleep(2)


async def both_are_restarted_in_turn(scenario: Scenario) -> None:
    for server in scenario.servers:
        await scenario.end_server(server)
        assert server.process.returncode == 0, server.log[-2000:]
        await scenario.start_server(server.start)


async def redis_is_killed(scenario: Scenario, seconds: float = 4) -> None:
    assert scenario.cluster.redis is not None
    scenario.cluster.redis.kill()
    await scenario.sleep(seconds)
    await scenario.start_server(scenario.cluster.redis.start)


async def redis_stays_away(scenario: Scenario) -> None:
    """Until the end of the scenario."""
    assert scenario.cluster.redis is not None
    scenario.cluster.redis.kill()
    await scenario.sleep(10)


async def redis_forgets(scenario: Scenario) -> None:
    assert scenario.cluster.redis is not None
    scenario.cluster.redis.flush()
    await scenario.sleep(2)


async def redis_pauses(scenario: Scenario, seconds: float = 10) -> None:
    assert scenario.cluster.redis is not None
    scenario.cluster.redis.signal(signal.SIGSTOP)
    await scenario.sleep(seconds)
    scenario.cluster.redis.signal(signal.SIGCONT)


async def postgres_restarts(scenario: Scenario, seconds: float = 0) -> None:
    assert scenario.cluster.postgres is not None
    await asyncio.to_thread(scenario.cluster.postgres.stop_immediately)
    await scenario.sleep(seconds)
    await scenario.start_server(scenario.cluster.postgres.start)
    await scenario.sleep(2)


async def postgres_freezes(scenario: Scenario, seconds: float = 8) -> None:
    """Its processes are suspended, while the kernel still accepts what is sent to them."""
    assert scenario.cluster.postgres is not None
    scenario.cluster.postgres.signal(signal.SIGSTOP)
    await scenario.sleep(seconds)
    scenario.cluster.postgres.signal(signal.SIGCONT)
    scenario.recovered_at.append(time.monotonic())
    await scenario.sleep(2)


async def postgres_is_out_of_reach(scenario: Scenario, seconds: float = 8) -> None:
    assert scenario.cluster.database_proxy is not None
    scenario.cluster.database_proxy.drop_everything()
    await scenario.sleep(seconds)
    scenario.cluster.database_proxy.forward_again()
    scenario.recovered_at.append(time.monotonic())
    await scenario.sleep(2)


async def postgres_is_read_only(scenario: Scenario, seconds: float = 6) -> None:
    assert scenario.cluster.postgres is not None
    await asyncio.to_thread(scenario.cluster.postgres.set_read_only, True)
    await scenario.sleep(seconds)
    await asyncio.to_thread(scenario.cluster.postgres.set_read_only, False)
    scenario.recovered_at.append(time.monotonic())
    await scenario.sleep(2)


async def everybody_is_cut_off(scenario: Scenario) -> None:
    for client in scenario.clients:
        await client.abort_connection()
    await scenario.sleep(2)


async def a_client_is_away_while_much_happens(scenario: Scenario) -> None:
    """How long it is away makes no difference, only how much it misses."""
    absent = scenario.clients[-1]
    await absent.stop()
    absent.record_close(None)
    for n in range(300):
        await scenario.chance.choice(scenario.writers).post(f"while somebody is away {n}")
        if n % 6 == 5:
            await scenario.chance.choice(scenario.writers).change_own_post(n)
        await scenario.sleep(0.005)
    absent.task = asyncio.create_task(absent.run())
    await scenario.sleep(1)


async def a_link_is_half_open(scenario: Scenario) -> None:
    """One writer goes on posting, until the dead connection is noticed."""
    writer = scenario.writers[0]
    for proxy in await scenario.put_behind_proxies(writer):
        proxy.drop_current_connections()
    times = len(writer.absences)
    await scenario.sleep(20)
    assert len(writer.absences) > times, "the dead link was not noticed within twenty seconds"


async def a_reader_reads_nothing(scenario: Scenario) -> None:
    """Until the server closes its connection as too slow; then it reads on and reconnects."""
    reader = scenario.clients[-1]
    reader.stop_reading()
    for n in range(1200):
        await scenario.chance.choice(scenario.writers).post("\U0001d11e" * 1990 + f" {n}")
        await scenario.sleep(0.002)
    await scenario.sleep(2)
    reader.resume_reading()
    await scenario.wait_until(lambda: TOO_SLOW in reader.closes)


async def a_client_is_hostile(scenario: Scenario, seconds: float = 20) -> None:
    """It attacks both processes at once, with everything that a signed-in person can send."""
    email = "mallory@example.com"
    await asyncio.to_thread(
        scenario.site.manage, "create_user", f"--email={email}", "--name=Mallory Grim",
        "--team=Platform", f"--password={PASSWORD}",
    )  # fmt: skip
    browser = await asyncio.to_thread(scenario.servers[0].browser().sign_in, email)
    await scenario.sleep(2)
    before = [server.memory for server in scenario.servers]
    attackers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.machinery.hostile_client",
            server.base.replace("http", "ws", 1) + scenario.rehearsal.socket_path,
            browser.cookies, server.base, cwd=ROOT,
        )
        for server in scenario.servers
    ]  # fmt: skip
    try:
        await scenario.sleep(seconds)
        grown = [server.memory - was for server, was in zip(scenario.servers, before, strict=True)]
        assert all(attacker.returncode is None for attacker in attackers)
    finally:
        for attacker in attackers:
            attacker.kill()
            await attacker.wait()
    sys.stdout.write(
        f"\nthe processes grew by {', '.join(f'{n / 2**20:.0f} MiB' for n in grown)}\n"
    )
    assert max(grown) < 64 * 2**20


async def the_clocks_step(scenario: Scenario) -> None:
    """One host's clock steps forwards, back and right again; then the other's is 5 s ahead."""
    first, second = scenario.cluster.clocks
    for seconds in (90, -90, 0):
        first.set(seconds)
        await scenario.sleep(6)
    second.set(5)
    await scenario.sleep(4)
    # Clocks are compared every ten seconds, and a difference is logged.
    assert "clock and the database's are" in scenario.servers[0].log


def count_acks(scenario: Scenario) -> int:
    return sum(1 for client in scenario.clients for _ in client.client_log.received("ack"))


async def the_only_clock_is_ahead_near_the_end(scenario: Scenario) -> None:
    """For two seconds it claims that the session is over; then it is set right and posts follow."""
    [clock] = scenario.cluster.clocks
    await scenario.wait_until_minute(30, -5)
    clock.set(8)
    await scenario.sleep(2)
    clock.set(0)
    seen = count_acks(scenario)
    await scenario.sleep(2)
    assert count_acks(scenario) > seen, "nothing is accepted any more"
    await scenario.wait_until_minute(30, 2)
    assert any("closed" in client.refusals for client in scenario.clients)


async def everything_is_sent_twice(scenario: Scenario, delay: float = 0) -> None:
    for writer in scenario.writers:
        writer.sends_twice = True
    await scenario.sleep(4 + delay)
    for writer in scenario.writers:
        writer.sends_twice = False
        await writer.resend_all_posts()
    await scenario.sleep(1)


async def the_only_process_is_restarted(scenario: Scenario) -> None:
    [server] = scenario.servers
    await scenario.end_server(server)
    await scenario.start_server(server.start)


async def the_only_process_is_restarted_before_the_start(scenario: Scenario) -> None:
    await scenario.wait_until_minute(0, -5)
    await the_only_process_is_restarted(scenario)
    await scenario.wait_until_minute(0, 3)


async def the_only_process_is_restarted_before_the_end(scenario: Scenario) -> None:
    await scenario.wait_until_minute(30, -5)
    await the_only_process_is_restarted(scenario)
    await scenario.wait_until_minute(30, 1)


async def the_only_process_is_killed(scenario: Scenario) -> None:
    [server] = scenario.servers
    await scenario.end_server(server, signal.SIGKILL)
    await scenario.start_server(server.start)


@contextmanager
def no_file_may_grow(server: Server) -> Iterator[None]:
    pid = server.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    size = max(
        path.stat().st_size
        for path in server.site.folder.iterdir()
        if server.site.name in path.name
    )
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size // 4, most))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


async def the_disk_is_full(scenario: Scenario, seconds: float = 5) -> None:
    """No file of the process may grow, so SQLite's writes fail as they do on a full disk."""
    [server] = scenario.servers
    with no_file_may_grow(server):
        await scenario.sleep(seconds)
    scenario.recovered_at.append(time.monotonic())
    await scenario.sleep(4)


async def fifty_posts_a_second(scenario: Scenario) -> None:
    """All writers together post at this rate until the scenario ends."""
    for writer in scenario.writers:
        writer.only_posts = True
    scenario.requests_per_second = 50 / len(scenario.writers)


async def the_topic_turns(scenario: Scenario) -> None:
    await fifty_posts_a_second(scenario)
    await scenario.wait_until_minute(10, 2)


async def the_session_ends(scenario: Scenario) -> None:
    await fifty_posts_a_second(scenario)
    await scenario.wait_until_minute(30, 1)
    # A post that was accepted is acknowledged again, even after the end.
    for writer in scenario.writers:
        await writer.resend_all_posts()
    await scenario.sleep(1)
