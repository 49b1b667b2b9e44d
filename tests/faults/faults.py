"""Each way in which something breaks under a session, as a small play."""

import asyncio
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.scenario import Drama
from tests.support.live import PASSWORD, ROOT, Server

TOO_SLOW = 4408


async def one_of_two_is_killed(drama: Drama, times: int = 1) -> None:
    for _ in range(times):
        server = drama.chance.choice(drama.servers)
        await drama.end(server, signal.SIGKILL)
        await drama.pause(2)
        await drama.start(server.start)


async def a_process_freezes(drama: Drama, seconds: float = 8) -> None:
    server = drama.chance.choice(drama.servers)
    server.process.send_signal(signal.SIGSTOP)
    await drama.pause(seconds)
    server.process.send_signal(signal.SIGCONT)
    drama.mended.append(time.monotonic())


async def a_process_freezes_and_all_leave_it(drama: Drama) -> None:
    """Its sockets are full of what was sent; meanwhile the others hear it, and newer things."""
    server = drama.chance.choice(drama.servers)
    server.process.send_signal(signal.SIGSTOP)
    await drama.pause(1)
    await everybody_is_cut_off(drama)
    server.process.send_signal(signal.SIGCONT)
    drama.mended.append(time.monotonic())
    await drama.pause(1)


async def a_frozen_process_finds_postgres_gone(drama: Drama) -> None:
    assert drama.estate.postgres is not None
    server = drama.chance.choice(drama.servers)
    server.process.send_signal(signal.SIGSTOP)
    await drama.pause(1)
    await asyncio.to_thread(drama.estate.postgres.stop_at_once)
    await drama.pause(1)
    for witness in drama.witnesses:
        await witness.cut()
    server.process.send_signal(signal.SIGCONT)
    await drama.pause(2)
    await drama.start(drama.estate.postgres.start)
    await drama.pause(2)


async def both_are_restarted_in_turn(drama: Drama) -> None:
    for server in drama.servers:
        await drama.end(server)
        assert server.process.returncode == 0, server.log[-2000:]
        await drama.start(server.start)


async def redis_is_killed(drama: Drama, seconds: float = 4) -> None:
    assert drama.estate.redis is not None
    drama.estate.redis.kill()
    await drama.pause(seconds)
    await drama.start(drama.estate.redis.start)


async def redis_stays_away(drama: Drama) -> None:
    """To the end of the session, as far as it is played."""
    assert drama.estate.redis is not None
    drama.estate.redis.kill()
    await drama.pause(10)


async def redis_forgets(drama: Drama) -> None:
    assert drama.estate.redis is not None
    drama.estate.redis.flush()
    await drama.pause(2)


async def redis_pauses(drama: Drama, seconds: float = 10) -> None:
    assert drama.estate.redis is not None
    drama.estate.redis.signal(signal.SIGSTOP)
    await drama.pause(seconds)
    drama.estate.redis.signal(signal.SIGCONT)


async def postgres_restarts(drama: Drama, seconds: float = 0) -> None:
    assert drama.estate.postgres is not None
    await asyncio.to_thread(drama.estate.postgres.stop_at_once)
    await drama.pause(seconds)
    await drama.start(drama.estate.postgres.start)
    await drama.pause(2)


async def postgres_freezes(drama: Drama, seconds: float = 8) -> None:
    """It runs no further, and its system goes on to take what is sent."""
    assert drama.estate.postgres is not None
    drama.estate.postgres.signal(signal.SIGSTOP)
    await drama.pause(seconds)
    drama.estate.postgres.signal(signal.SIGCONT)
    drama.mended.append(time.monotonic())
    await drama.pause(2)


async def postgres_is_out_of_reach(drama: Drama, seconds: float = 8) -> None:
    assert drama.estate.line is not None
    drama.estate.line.lose()
    await drama.pause(seconds)
    drama.estate.line.heal()
    drama.mended.append(time.monotonic())
    await drama.pause(2)


async def postgres_is_read_only(drama: Drama, seconds: float = 6) -> None:
    assert drama.estate.postgres is not None
    await asyncio.to_thread(drama.estate.postgres.be_read_only, True)
    await drama.pause(seconds)
    await asyncio.to_thread(drama.estate.postgres.be_read_only, False)
    drama.mended.append(time.monotonic())
    await drama.pause(2)


async def everybody_is_cut_off(drama: Drama) -> None:
    for witness in drama.witnesses:
        await witness.cut()
    await drama.pause(2)


async def somebody_sleeps_while_much_happens(drama: Drama) -> None:
    """For them it is the same whether it took a second or ten minutes."""
    sleeper = drama.witnesses[-1]
    await sleeper.leave()
    sleeper.lose(None)
    for n in range(300):
        await drama.chance.choice(drama.writers).post(f"while somebody sleeps {n}")
        if n % 6 == 5:
            await drama.chance.choice(drama.writers).alter(n)
        await drama.pause(0.005)
    sleeper.task = asyncio.create_task(sleeper.live())
    await drama.pause(1)


async def a_link_is_half_open(drama: Drama) -> None:
    """Of somebody who goes on talking, until its silence is noticed."""
    deaf = drama.writers[0]
    for cable in await drama.lay_cables(deaf):
        cable.swallow()
    times = len(deaf.aways)
    await drama.pause(20)
    assert len(deaf.aways) > times, "the dead link was not noticed within twenty seconds"


async def a_reader_reads_nothing(drama: Drama) -> None:
    """Until the server's patience is at its end; then they read on and come back."""
    deaf = drama.witnesses[-1]
    deaf.go_deaf()
    for n in range(1200):
        await drama.chance.choice(drama.writers).post("\U0001d11e" * 1990 + f" {n}")
        await drama.pause(0.002)
    await drama.pause(2)
    deaf.hear_again()
    await drama.until(lambda: TOO_SLOW in deaf.closes)


async def a_neighbour_is_hostile(drama: Drama, seconds: float = 20) -> None:
    """To both processes at once, with all that an account may do and more."""
    email = "mallory@example.com"
    await asyncio.to_thread(
        drama.site.manage, "create_user", f"--email={email}", "--name=Mallory Grim",
        "--team=Platform", f"--password={PASSWORD}",
    )  # fmt: skip
    browser = await asyncio.to_thread(drama.servers[0].browser().sign_in, email)
    await drama.pause(2)
    before = [server.memory for server in drama.servers]
    neighbours = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.machinery.hostile_client",
            server.base.replace("http", "ws", 1) + drama.rehearsal.socket_path,
            browser.cookies, server.base, cwd=ROOT,
        )
        for server in drama.servers
    ]  # fmt: skip
    try:
        await drama.pause(seconds)
        grown = [server.memory - was for server, was in zip(drama.servers, before, strict=True)]
        assert all(neighbour.returncode is None for neighbour in neighbours)
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            await neighbour.wait()
    sys.stdout.write(
        f"\nthe processes grew by {', '.join(f'{n / 2**20:.0f} MiB' for n in grown)}\n"
    )
    assert max(grown) < 64 * 2**20


async def the_clocks_step(drama: Drama) -> None:
    """One host's clock is set, back and forth; in the end the other's is five seconds ahead."""
    one, other = drama.estate.clocks
    for seconds in (90, -90, 0):
        one.set(seconds)
        await drama.pause(6)
    other.set(5)
    await drama.pause(4)
    # It is looked at every ten seconds, and said.
    assert "clock and the database's are" in drama.servers[0].log


def acknowledged(drama: Drama) -> int:
    return sum(1 for one in drama.witnesses for _ in one.story.all_heard("ack"))


async def the_only_clock_is_ahead_near_the_end(drama: Drama) -> None:
    """For two seconds it says that the session is over; then it is set right, and people go on."""
    [clock] = drama.estate.clocks
    await drama.at(30, -5)
    clock.set(8)
    await drama.pause(2)
    clock.set(0)
    seen = acknowledged(drama)
    await drama.pause(2)
    assert acknowledged(drama) > seen, "nothing is taken any more"
    await drama.at(30, 2)
    assert any("closed" in witness.refusals for witness in drama.witnesses)


async def everything_is_sent_twice(drama: Drama, then_after: float = 0) -> None:
    for writer in drama.writers:
        writer.sends_twice = True
    await drama.pause(4 + then_after)
    for writer in drama.writers:
        writer.sends_twice = False
        await writer.again()
    await drama.pause(1)


async def the_only_process_is_restarted(drama: Drama) -> None:
    [server] = drama.servers
    await drama.end(server)
    await drama.start(server.start)


async def the_only_process_is_restarted_before_the_start(drama: Drama) -> None:
    await drama.at(0, -5)
    await the_only_process_is_restarted(drama)
    await drama.at(0, 3)


async def the_only_process_is_restarted_before_the_end(drama: Drama) -> None:
    await drama.at(30, -5)
    await the_only_process_is_restarted(drama)
    await drama.at(30, 1)


async def the_only_process_is_killed(drama: Drama) -> None:
    [server] = drama.servers
    await drama.end(server, signal.SIGKILL)
    await drama.start(server.start)


@contextmanager
def no_file_may_grow(server: Server) -> Iterator[None]:
    pid = server.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    size = max(
        path.stat().st_size for path in server.site.folder.iterdir() if "troubled" in path.name
    )
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size // 4, most))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


async def the_disk_is_full(drama: Drama, seconds: float = 5) -> None:
    """No file may grow any more: SQLite is told so by the system, as on a full disk."""
    [server] = drama.servers
    with no_file_may_grow(server):
        await drama.pause(seconds)
    drama.mended.append(time.monotonic())
    await drama.pause(4)


async def fifty_posts_a_second(drama: Drama) -> None:
    """From all writers together, over all processes, until told to stop."""
    for writer in drama.writers:
        writer.only_posts = True
    drama.pace = 50 / len(drama.writers)


async def the_topic_turns(drama: Drama) -> None:
    await fifty_posts_a_second(drama)
    await drama.at(10, 2)


async def the_session_ends(drama: Drama) -> None:
    await fifty_posts_a_second(drama)
    await drama.at(30, 1)
    # Retries of what was taken are acknowledged after the end, too.
    for writer in drama.writers:
        await writer.again()
    await drama.pause(1)
