"""The checker finds each bug that rooms like this have had, under a schedule that a correct room
passes."""

from collections.abc import Callable

import pytest

from tests.faults.history.checker import findings
from tests.faults.history.model_room import Room

Schedule = Callable[[Room], None]


def post_at(room: Room, client: object, id: str, seconds: float, number: int = 0) -> None:
    room.post(client, id, began=seconds, asked=seconds, locked=seconds, number=number)  # type: ignore[arg-type]


def two_transactions_overlap(room: Room) -> None:
    one, two = room.enter(1), room.enter(2)
    first = room.hand_out()
    second = room.hand_out()
    post_at(room, two, "b", 10, second)  # commits first, though its id came second
    room.look()
    post_at(room, one, "a", 10.1, first)
    room.look()


def a_transaction_waits_for_its_lock(room: Room) -> None:
    one, two = room.enter(1), room.enter(2)
    room.post(one, "a", began=9, asked=10, locked=10)
    room.post(two, "b", began=5, asked=10, locked=11)
    room.look()


def the_clock_is_read_before_the_lock_is_held(room: Room) -> None:
    one, two = room.enter(1), room.enter(2)
    room.post(one, "a", began=599, asked=600.1, locked=600.1)
    room.post(two, "b", began=600.1, asked=599.9, locked=600.2)
    room.look()


def a_reader_is_slow(room: Room) -> None:
    one, two = room.enter(1), room.enter(2)
    two.is_reading = False
    for n in range(5):
        post_at(room, one, f"post {n}", 10 + n)
        room.look()


def a_post_is_sent_again(room: Room) -> None:
    one = room.enter(1)
    post_at(room, one, "a", 10)
    post_at(room, one, "a", 11)
    room.look()


def a_post_is_sent_again_after_the_end(room: Room) -> None:
    one = room.enter(1)
    post_at(room, one, "a", 1799)
    room.look()
    post_at(room, one, "a", 1805)


def the_timer_is_late(room: Room) -> None:
    one = room.enter(1)
    post_at(room, one, "a", 599.9)
    post_at(room, one, "b", 600.1)
    room.timer_fires()
    post_at(room, one, "c", 600.3)
    room.look()


def somebody_joins_while_another_posts(room: Room) -> None:
    one = room.enter(1)
    post_at(room, one, "a", 10)
    room.look()

    def meanwhile() -> None:
        post_at(room, one, "b", 11)
        room.look()

    room.enter(2, between=meanwhile)


PLANTED: list[tuple[str, Schedule, str]] = [
    ("takes an autoincrement id as cursor", two_transactions_overlap, "I4"),
    ("takes the transaction's start", a_transaction_waits_for_its_lock, "I3"),
    ("reads the clock before the lock", the_clock_is_read_before_the_lock_is_held, "I3"),
    ("drops when a queue is full", a_reader_is_slow, "I4"),
    ("has no unique constraint", a_post_is_sent_again, "I2"),
    ("refuses a retry after the end", a_post_is_sent_again_after_the_end, "I7"),
    ("lets a timer turn the topic", the_timer_is_late, "I3"),
    ("joins the live set after catching up", somebody_joins_while_another_posts, "I4"),
]


@pytest.mark.parametrize(("bug", "schedule", "promise"), PLANTED, ids=[p[0] for p in PLANTED])
def test_the_checker_finds_a_planted_bug_where_a_correct_room_passes(
    bug: str, schedule: Schedule, promise: str
) -> None:
    sound, broken = Room(), Room(bug)
    schedule(sound)
    schedule(broken)
    assert findings(sound.evidence()) == []
    found = findings(broken.evidence())
    assert any(sentence.startswith(promise) for sentence in found), found
