"""The room while something breaks under it: afterwards the checker reads what everybody saw."""

import asyncio
import random
import sys
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from tests.faults import faults
from tests.faults.machinery.cluster import Estate, estate
from tests.faults.machinery.figures import figures
from tests.faults.options import is_long, seeds
from tests.faults.scenario import RUNNING, STARTER, Drama, Trouble
from tests.support.client import Client

SHORT: list[Trouble] = [
    faults.one_of_two_is_killed,
    faults.both_are_restarted_in_turn,
    faults.redis_is_killed,
    faults.postgres_restarts,
    partial(faults.postgres_freezes, seconds=5),
    faults.somebody_sleeps_while_much_happens,
]
# Which may follow each other in any order.
MIXED: list[Trouble] = [
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
LONG: list[Trouble] = [
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
    partial(faults.everything_is_sent_twice, then_after=60),
]
MIXED_ALONE: list[Trouble] = [
    faults.the_only_process_is_restarted,
    faults.the_only_process_is_killed,
    faults.the_disk_is_full,
    faults.somebody_sleeps_while_much_happens,
    faults.everybody_is_cut_off,
    faults.everything_is_sent_twice,
]
WANTED: dict[object, str] = {
    faults.one_of_two_is_killed: "back p95 3 s",
    faults.both_are_restarted_in_turn: "back 2 s after the close",
    faults.redis_is_killed: "send to receipt at most 2 s, nobody away",
    faults.redis_forgets: "send to receipt at most 2 s, nobody away",
    faults.redis_pauses: "send to receipt at most 2 s, nobody away",
    faults.redis_stays_away: "send to receipt at most 2 s, nobody away",
    faults.postgres_restarts: "3 s from when all is back",
    faults.postgres_freezes: "3 s from when all is back",
    faults.postgres_is_out_of_reach: "3 s from when all is back",
    faults.postgres_is_read_only: "3 s from when all is back",
    faults.everybody_is_cut_off: "500 back p95 5 s",
    faults.a_neighbour_is_hostile: "send to receipt p95 0.3 s",
}


def name(trouble: Trouble) -> str:
    if isinstance(trouble, partial):
        values = " ".join(f"{key} {value}" for key, value in trouble.keywords.items())
        return f"{trouble.func.__name__} {values}"
    return trouble.__name__


def wanted(trouble: Trouble) -> str:
    return WANTED.get(trouble.func if isinstance(trouble, partial) else trouble, "")


async def play(drama: Drama, *plays: Trouble, readers: int = 4) -> None:
    found = await drama.run(*plays, readers=readers)
    goal = wanted(plays[0]) if len(plays) == 1 else ""
    line = figures(drama.witnesses, drama.mended, goal)
    sys.stdout.write(f"\nseed {drama.seed}, {drama.numbers} wishes: {line}\n")
    assert found == []


def drawn(seed: int, troubles: list[Trouble], count: int) -> list[Trouble]:
    """Which ones, in which order: the seed says, and says the same again."""
    chance = random.Random(seed)
    plays = [chance.choice(troubles) for _ in range(count)]
    sys.stdout.write(f"\nseed {seed}: {', '.join(name(play) for play in plays)}\n")
    return plays


@pytest.mark.parametrize("trouble", [*SHORT, *(LONG if is_long() else [])], ids=name)
async def test_nothing_is_lost_though(two: Estate, trouble: Trouble) -> None:
    await play(Drama(two, seed=1), trouble)


@pytest.mark.parametrize(
    ("starts_in", "moment"),
    [
        (timedelta(minutes=-10, seconds=8), faults.the_topic_turns),
        (timedelta(minutes=-30, seconds=8), faults.the_session_ends),
    ],
    ids=["the topic turns", "the session ends"],
)
async def test_a_boundary_under_fifty_posts_a_second(
    two: Estate, starts_in: timedelta, moment: Trouble
) -> None:
    await play(Drama(two, seed=1, starts_in=starts_in), moment)


async def test_who_must_send_one_post_again_must_send_those_behind_it(two: Estate) -> None:
    browser = await asyncio.to_thread(two.servers[0].browser().sign_in, "dana@example.com")
    room = two.site.rehearse(RUNNING)
    client = await Client(browser, room.socket_path).open()
    assert two.postgres is not None
    await asyncio.to_thread(two.postgres.stop_at_once)
    ids = [str(uuid4()) for _ in range(3)]
    for id in ids:
        await client.send(type="post", id=id, body="Once more")
        await asyncio.sleep(0.8)
    refused = await client.until(lambda frame: frame["type"] == "refused")
    assert (refused["ref"], refused["code"]) == (ids[0], "unavailable")
    await asyncio.get_running_loop().run_in_executor(STARTER, two.postgres.start)
    await client.until(lambda frame: frame.get("ref") == ids[-1])
    answers = {frame["ref"]: frame.get("code") for frame in client.frames if frame.get("ref")}
    assert answers == dict.fromkeys(ids, "unavailable")
    assert [(await client.post("Once more", id))["seq"] for id in ids] == [1, 2, 3]
    await client.socket.close()


@pytest.mark.parametrize("seed", seeds())
async def test_nothing_is_lost_in_a_mix_of_troubles(two: Estate, seed: int) -> None:
    await play(Drama(two, seed=seed), *drawn(seed, MIXED, 50 if is_long() else 12))


@pytest.mark.parametrize(
    ("starts_in", "trouble"),
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
async def test_one_process_over_a_file_loses_nothing_though(
    alone: Estate, starts_in: timedelta, trouble: Trouble
) -> None:
    await play(Drama(alone, seed=1, starts_in=starts_in), trouble)


async def test_a_clock_that_is_ahead_near_the_end_closes_no_session() -> None:
    with estate(is_alone=True, has_clocks=True) as made:
        await asyncio.to_thread(made.sign_in)
        drama = Drama(made, seed=1, starts_in=timedelta(minutes=-30, seconds=15))
        await play(drama, faults.the_only_clock_is_ahead_near_the_end)


@pytest.mark.parametrize("seed", seeds())
async def test_one_process_loses_nothing_in_a_mix_of_troubles(alone: Estate, seed: int) -> None:
    await play(Drama(alone, seed=seed), *drawn(seed, MIXED_ALONE, 20 if is_long() else 3))


if is_long():

    async def test_five_hundred_that_are_cut_off_at_once_come_back(two: Estate) -> None:
        drama = Drama(two, seed=1)
        drama.pace = 2
        await play(drama, faults.everybody_is_cut_off, readers=496)

    async def test_nothing_is_lost_beside_a_hostile_neighbour() -> None:
        with estate(is_alone=False, is_strict=True) as made:
            await play(Drama(made, seed=1), faults.a_neighbour_is_hostile)

    @pytest.mark.parametrize("minutes", [-4, -9.9], ids=["in a topic", "over a turn"])
    async def test_clocks_that_step_turn_no_topic(minutes: float) -> None:
        with estate(is_alone=False, has_clocks=True) as made:
            drama = Drama(made, seed=1, starts_in=timedelta(minutes=minutes))
            await play(drama, faults.the_clocks_step)
