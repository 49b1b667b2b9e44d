"""Rate limits: at the limit, one past it, and tries at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from people import limits
from people.limits import Limit
from people.models import Tally
from tests.conftest import THURSDAY

MINUTE = timedelta(minutes=1)
TWICE = Limit("somebody", 2, MINUTE)
MOMENT = timedelta(milliseconds=1)


@pytest.mark.django_db
def test_the_try_past_the_limit_is_refused_until_the_first_is_a_period_old() -> None:
    assert limits.count_try([TWICE], THURSDAY)
    assert limits.count_try([TWICE], THURSDAY + MINUTE / 2)
    assert not limits.count_try([TWICE], THURSDAY + MINUTE - MOMENT)
    assert limits.count_try([TWICE], THURSDAY + MINUTE)
    assert not limits.count_try([TWICE], THURSDAY + MINUTE + MOMENT)


@pytest.mark.django_db
def test_a_refused_try_counts_against_no_limit() -> None:
    once = Limit("a stricter one", 1, MINUTE)
    assert limits.count_try([TWICE, once], THURSDAY)
    assert not limits.count_try([TWICE, once], THURSDAY)
    assert limits.count_try([TWICE], THURSDAY)
    assert not limits.count_try([TWICE], THURSDAY)


@pytest.mark.django_db
def test_a_try_that_is_uncounted_leaves_no_trace() -> None:
    for step in range(5):
        now = THURSDAY + step * MOMENT
        assert limits.count_try([TWICE], now)
        limits.uncount_try([TWICE], now)
    assert not limits.is_used_up(TWICE, THURSDAY)


@pytest.mark.django_db
def test_counts_are_deleted_once_no_limit_looks_at_them() -> None:
    limits.count_try([TWICE], THURSDAY)
    assert limits.delete_expired(THURSDAY + MINUTE) == 0
    assert limits.delete_expired(THURSDAY + MINUTE + MOMENT) == 1
    assert not Tally.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted() -> None:
    limit = Limit("a crowd", 5, MINUTE)

    def attempt(_: int) -> bool:
        try:
            return limits.count_try([limit, Limit("another", 100, MINUTE)], THURSDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(attempt, range(20))) == 5
