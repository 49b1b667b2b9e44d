"""What is recorded of a session, and a hash that an outsider can compute."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import THURSDAY
from transcripts import record
from transcripts.record import PostFact

FIRST = PostFact(1, THURSDAY + timedelta(milliseconds=5120), 1, 7, None, "Grüße, “you” & 💡")
SECOND = PostFact(2, THURSDAY + timedelta(minutes=10), 2, 8, 1, "Yes.\nNo.")


def test_the_hash_is_the_one_that_the_description_gives() -> None:
    """The hash is computed here from nothing but the description in the module's docstring."""
    one = hashlib.sha256("Grüße, “you” & 💡".encode()).hexdigest()
    two = hashlib.sha256(b"Yes.\nNo.").hexdigest()
    text = (
        f'[[1,"2026-11-26T13:00:05.120Z",1,7,null,"{one}"],'
        f'[2,"2026-11-26T13:10:00.000Z",2,8,1,"{two}"]]'
    )
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert record.digest(record.content_of([FIRST, SECOND])) == expected


def test_a_session_in_which_nobody_wrote_has_the_hash_of_an_empty_list() -> None:
    assert record.digest(record.content_of([])) == hashlib.sha256(b"[]").hexdigest()


def test_the_order_in_which_posts_are_read_changes_nothing() -> None:
    assert record.content_of([SECOND, FIRST]) == record.content_of([FIRST, SECOND])


@pytest.mark.parametrize(
    "changed",
    [
        PostFact(3, FIRST.at, 1, 7, None, FIRST.body),
        PostFact(1, FIRST.at + timedelta(milliseconds=1), 1, 7, None, FIRST.body),
        PostFact(1, FIRST.at, 2, 7, None, FIRST.body),
        PostFact(1, FIRST.at, 1, 8, None, FIRST.body),
        PostFact(1, FIRST.at, 1, 7, 1, FIRST.body),
        PostFact(1, FIRST.at, 1, 7, None, FIRST.body + " "),
    ],
)
def test_every_fact_of_a_post_is_in_the_hash(changed: PostFact) -> None:
    original = record.digest(record.content_of([FIRST, SECOND]))
    assert record.digest(record.content_of([changed, SECOND])) != original


@given(st.lists(st.text(), max_size=5))
def test_any_text_can_be_hashed(bodies: list[str]) -> None:
    facts = [PostFact(i, THURSDAY, 1, 1, None, body) for i, body in enumerate(bodies, start=1)]
    assert len(record.digest(record.content_of(facts))) == 64


def test_rows_that_differ_are_named() -> None:
    recorded = record.content_of([FIRST, SECOND])
    changed = PostFact(2, SECOND.at, 2, 8, 1, "Maybe.")
    assert record.differences(recorded, recorded) == []
    assert record.differences(recorded, record.content_of([FIRST, changed])) == [2]
    assert record.differences(recorded, record.content_of([SECOND])) == [1]
    assert record.differences([], recorded) == [1, 2]


@pytest.mark.parametrize(
    ("seconds", "minute"),
    [(0, 0), (59.999, 0), (60, 1), (599.999, 9), (600, 10), (1799.999, 29)],
)
def test_a_post_is_counted_in_its_minute(seconds: float, minute: int) -> None:
    minutes = record.minutes_of([THURSDAY + timedelta(seconds=seconds)], THURSDAY)
    assert [index for index, count in enumerate(minutes) if count] == [minute]
    assert len(minutes) == 30


@pytest.mark.parametrize("seconds", [-0.001, 1800])
def test_posts_outside_the_session_are_not_counted(seconds: float) -> None:
    assert sum(record.minutes_of([THURSDAY + timedelta(seconds=seconds)], THURSDAY)) == 0


def test_posts_are_grouped_by_topic_in_their_order() -> None:
    facts = [FIRST, SECOND, PostFact(3, SECOND.at, 2, 7, None, "!")]
    groups = record.by_topic(facts, lambda fact: fact.topic)
    assert [[fact.seq for fact in groups[topic]] for topic in (1, 2, 3)] == [[1], [2, 3], []]


def test_people_are_in_the_order_of_their_first_post() -> None:
    assert list(record.in_order_of_appearance([7, 3, 7, 1, 3, 7]).items()) == [
        (7, 3),
        (3, 2),
        (1, 1),
    ]
