"""Garbage is collected in quiet moments, and objects that stay are left alone in between."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from chat.room.gc import MANY_ARRIVALS, MANY_DEPARTURES, GarbageCollector


class Cycle:
    """An object that refers to itself, which counting references does not free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    gc.disable()
    yield GarbageCollector()
    gc.unfreeze()
    gc.enable()


def leave_garbage() -> weakref.ref[Cycle]:
    return weakref.ref(Cycle())


def test_garbage_is_collected_in_the_next_quiet_moment(collector: GarbageCollector) -> None:
    garbage = leave_garbage()
    collector.departures = 1
    collector.collect_if_due(is_quiet=False)
    assert garbage() is not None
    collector.collect_if_due(is_quiet=True)
    assert garbage() is None
    assert (collector.arrivals, collector.departures) == (0, 0)


def test_many_arrivals_freeze_the_objects_that_exist(collector: GarbageCollector) -> None:
    before = gc.get_freeze_count()
    crowd = [Cycle() for _ in range(1000)]
    collector.arrivals = MANY_ARRIVALS - 1
    collector.collect_if_due(is_quiet=False)
    assert gc.get_freeze_count() <= before
    collector.arrivals = MANY_ARRIVALS
    collector.collect_if_due(is_quiet=False)
    assert gc.get_freeze_count() > before + len(crowd)


def test_frozen_garbage_is_collected_after_many_departures_without_a_quiet_moment(
    collector: GarbageCollector,
) -> None:
    one = Cycle()
    garbage = weakref.ref(one)
    collector.arrivals = MANY_ARRIVALS
    collector.collect_if_due(is_quiet=False)
    del one
    collector.arrivals, collector.departures = MANY_ARRIVALS, MANY_DEPARTURES - 1
    collector.collect_if_due(is_quiet=False)
    assert garbage() is not None
    collector.departures = MANY_DEPARTURES
    collector.collect_if_due(is_quiet=False)
    assert garbage() is None


def test_nothing_is_collected_without_arrivals_or_departures(collector: GarbageCollector) -> None:
    garbage = leave_garbage()
    collector.collect_if_due(is_quiet=True)
    assert garbage() is not None
