"""Garbage is looked for in quiet moments, and what is here to stay is left alone meanwhile."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from chat.room.gc import MANY_CAME, MANY_WENT, GarbageCollector


class Wreck:
    """Of the kind that counting references does not find."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def sweeper() -> Iterator[GarbageCollector]:
    gc.disable()
    yield GarbageCollector()
    gc.unfreeze()
    gc.enable()


def leave_a_wreck() -> weakref.ref[Wreck]:
    return weakref.ref(Wreck())


def test_what_went_is_found_in_the_next_quiet_moment(sweeper: GarbageCollector) -> None:
    wreck = leave_a_wreck()
    sweeper.went = 1
    sweeper.look(is_quiet=False)
    assert wreck() is not None
    sweeper.look(is_quiet=True)
    assert wreck() is None
    assert (sweeper.came, sweeper.went) == (0, 0)


def test_after_many_who_came_what_is_there_is_frozen(sweeper: GarbageCollector) -> None:
    before = gc.get_freeze_count()
    crowd = [Wreck() for _ in range(1000)]
    sweeper.came = MANY_CAME - 1
    sweeper.look(is_quiet=False)
    assert gc.get_freeze_count() <= before
    sweeper.came = MANY_CAME
    sweeper.look(is_quiet=False)
    assert gc.get_freeze_count() > before + len(crowd)


def test_what_was_frozen_and_went_is_found_though_it_is_never_quiet(
    sweeper: GarbageCollector,
) -> None:
    one = Wreck()
    wreck = weakref.ref(one)
    sweeper.came = MANY_CAME
    sweeper.look(is_quiet=False)
    del one
    sweeper.came, sweeper.went = MANY_CAME, MANY_WENT - 1
    sweeper.look(is_quiet=False)
    assert wreck() is not None
    sweeper.went = MANY_WENT
    sweeper.look(is_quiet=False)
    assert wreck() is None


def test_with_nobody_coming_or_going_nothing_is_looked_for(sweeper: GarbageCollector) -> None:
    wreck = leave_a_wreck()
    sweeper.look(is_quiet=True)
    assert wreck() is not None
