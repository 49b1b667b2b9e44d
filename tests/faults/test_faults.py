"""The room keeps its promises under faults, as the checker finds from what every client saw."""

import asyncio
import random
import sys
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from tests.faults import faults
from tests.faults.machinery.cluster import Cluster, running_cluster
from tests.faults.machinery.figures import timing_summary
from tests.faults.options import is_long, seeds
from tests.faults.scenario import RUNNING, START_THREAD, Fault, Scenario
from tests.support.client import Client

SHORT: list[Fault] = [
    faults.one_of_two_is_killed,
    faults.both_are_restarted_in_turn,
    faults.redis_is_killed,
    faults.postgres_restarts,
    partial(faults.postgres_freezes, seconds=5),
    faults.a_client_is_away_while_much_happens,
]
# Those that may follow each other in any order.
MIXED: list[Fault] = [
    *SHORT,
    partial(faults.a_process_freezes, seconds=4),
    partial(faults.postgres_is_out_of_reach, seconds=5),
    partial(faults.postgres_is_read_only, seconds=4),
    faults.redis_forgets,
    partial(faults.redis_pauses, seconds=4),
    faults.everybody_is_cut_off,
    faults.everything_is_sent_twice,
    faults.a_process_freezes_and_all_leave_it,
    faults.a_frozen_process_finds_postgres_gone,
]
LONG: list[Fault] = [
    *MIXED[len(SHORT) :],
    partial(faults.one_of_two_is_killed, times=3),
    faults.a_process_freezes,
    faults.redis_pauses,
    faults.redis_stays_away,
    partial(faults.postgres_restarts, seconds=20),
    partial(faults.postgres_freezes, seconds=14),
    partial(faults.postgres_is_out_of_reach, seconds=14),
    partial(faults.postgres_is_read_only, seconds=14),
    faults.a_link_is_half_open,
    faults.a_reader_reads_nothing,
    partial(faults.everything_is_sent_twice, delay=60),
]
MIXED_ALONE: list[Fault] = [
    faults.the_only_process_is_restarted,
    faults.the_only_process_is_killed,
    faults.the_disk_is_full,
    faults.a_client_is_away_while_much_happens,
    faults.everybody_is_cut_off,
    faults.everything_is_sent_twice,
]
GOALS: dict[object, str] = {
    faults.one_of_two_is_killed: "back p95 3 s",
    faults.both_are_restarted_in_turn: "back 2 s after the close",
    faults.redis_is_killed: "send to delivery at most 2 s, nobody disconnected",
    faults.redis_forgets: "send to delivery at most 2 s, nobody disconnected",
    faults.redis_pauses: "send to delivery at most 2 s, nobody disconnected",
    faults.redis_stays_away: "send to delivery at most 2 s, nobody disconnected",
    faults.postgres_restarts: "3 s from recovery",
    faults.postgres_freezes: "3 s from recovery",
    faults.postgres_is_out_of_reach: "3 s from recovery",
    faults.postgres_is_read_only: "3 s from recovery",
    faults.everybody_is_cut_off: "500 back p95 5 s",
    faults.a_client_is_hostile: "send to delivery p95 0.3 s",
}


def fault_name(fault: Fault) -> str:
    if isinstance(fault, partial):
        values = " ".join(f"{key} {value}" for key, value in fault.keywords.items())
        return f"{fault.func.__name__} {values}"
    return fault.__name__


def goal_for(fault: Fault) -> str:
    return GOALS.get(fault.func if isinstance(fault, partial) else fault, "")


async def assert_promises_hold(scenario: Scenario, *injected: Fault, readers: int = 4) -> None:
    found = await scenario.run(*injected, readers=readers)
    goal = goal_for(injected[0]) if len(injected) == 1 else ""
    line = timing_summary(scenario.clients, scenario.recovered_at, goal)
    sys.stdout.write(f"\nseed {scenario.seed}, {scenario.request_count} requests: {line}\n")
    assert found == []


def choose_faults(seed: int, among: list[Fault], count: int) -> list[Fault]:
    """A random sequence of faults, the same one for the same seed."""
    chance = random.Random(seed)
    chosen = [chance.choice(among) for _ in range(count)]
    sys.stdout.write(f"\nseed {seed}: {', '.join(fault_name(fault) for fault in chosen)}\n")
    return chosen


@pytest.mark.parametrize("fault", [*SHORT, *(LONG if is_long() else [])], ids=fault_name)
async def test_the_room_loses_nothing_when(two_processes: Cluster, fault: Fault) -> None:
    await assert_promises_hold(Scenario(two_processes, seed=1), fault)


@pytest.mark.parametrize(
    ("starts_in", "moment"),
    [
        (timedelta(minutes=-10, seconds=8), faults.the_topic_turns),
        (timedelta(minutes=-30, seconds=8), faults.the_session_ends),
    ],
    ids=["the topic turns", "the session ends"],
)
async def test_a_boundary_holds_under_fifty_posts_a_second(
    two_processes: Cluster, starts_in: timedelta, moment: Fault
) -> None:
    await assert_promises_hold(Scenario(two_processes, seed=1, starts_in=starts_in), moment)


async def test_posts_queued_behind_an_unavailable_one_are_refused_with_it(
    two_processes: Cluster,
) -> None:
    browser = await asyncio.to_thread(
        two_processes.servers[0].browser().sign_in, "dana@example.com"
    )
    room = two_processes.site.rehearse(RUNNING)
    client = await Client(browser, room.socket_path).open()
    assert two_processes.postgres is not None
    await asyncio.to_thread(two_processes.postgres.stop_immediately)
    ids = [str(uuid4()) for _ in range(3)]
    for id in ids:
        await client.send(type="post", id=id, body="Once more")
        await asyncio.sleep(0.8)
    refused = await client.until(lambda frame: frame["type"] == "refused")
    assert (refused["ref"], refused["code"]) == (ids[0], "unavailable")
    await asyncio.get_running_loop().run_in_executor(START_THREAD, two_processes.postgres.start)
    await client.until(lambda frame: frame.get("ref") == ids[-1])
    answers = {frame["ref"]: frame.get("code") for frame in client.frames if frame.get("ref")}
    assert answers == dict.fromkeys(ids, "unavailable")
    assert [(await client.post("Once more", id))["seq"] for id in ids] == [1, 2, 3]
    await client.socket.close()


@pytest.mark.parametrize("seed", seeds())
async def test_nothing_is_lost_in_a_mix_of_troubles(two_processes: Cluster, seed: int) -> None:
    await assert_promises_hold(
        Scenario(two_processes, seed=seed), *choose_faults(seed, MIXED, 50 if is_long() else 12)
    )


@pytest.mark.parametrize(
    ("starts_in", "fault"),
    [
        (RUNNING, faults.the_only_process_is_restarted),
        (RUNNING, faults.the_only_process_is_killed),
        (timedelta(seconds=10), faults.the_only_process_is_restarted_before_the_start),
        (
            timedelta(minutes=-30, seconds=10),
            faults.the_only_process_is_restarted_before_the_end,
        ),
        (RUNNING, faults.the_disk_is_full),
    ],
    ids=["restarted", "killed", "before the start", "before the end", "disk full"],
)
async def test_one_process_over_a_file_loses_nothing_when(
    one_process: Cluster, starts_in: timedelta, fault: Fault
) -> None:
    await assert_promises_hold(Scenario(one_process, seed=1, starts_in=starts_in), fault)


async def test_a_clock_that_is_ahead_near_the_end_closes_no_session() -> None:
    with running_cluster(is_alone=True, has_clocks=True) as cluster:
        await asyncio.to_thread(cluster.sign_in)
        scenario = Scenario(cluster, seed=1, starts_in=timedelta(minutes=-30, seconds=15))
        await assert_promises_hold(scenario, faults.the_only_clock_is_ahead_near_the_end)


@pytest.mark.parametrize("seed", seeds())
async def test_one_process_loses_nothing_in_a_mix_of_troubles(
    one_process: Cluster, seed: int
) -> None:
    await assert_promises_hold(
        Scenario(one_process, seed=seed), *choose_faults(seed, MIXED_ALONE, 20 if is_long() else 3)
    )


if is_long():

    async def test_five_hundred_clients_come_back_after_losing_their_connections_at_once(
        two_processes: Cluster,
    ) -> None:
        scenario = Scenario(two_processes, seed=1)
        scenario.requests_per_second = 2
        await assert_promises_hold(scenario, faults.everybody_is_cut_off, readers=496)

    async def test_the_room_loses_nothing_under_attack_by_a_client() -> None:
        with running_cluster(is_alone=False, is_strict=True) as cluster:
            await assert_promises_hold(Scenario(cluster, seed=1), faults.a_client_is_hostile)

    @pytest.mark.parametrize("minutes", [-4, -9.9], ids=["in a topic", "over a turn"])
    async def test_clocks_that_step_turn_no_topic(minutes: float) -> None:
        with running_cluster(is_alone=False, has_clocks=True) as cluster:
            scenario = Scenario(cluster, seed=1, starts_in=timedelta(minutes=minutes))
            await assert_promises_hold(scenario, faults.the_clocks_step)
