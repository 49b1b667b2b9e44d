"""Verbs that run at the same time have their effect once, within the law."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from curation.models import ChatSession, NotAllowed, Series
from curation.rota import schedule
from people.models import User
from tests.conftest import THURSDAY, make_session

pytestmark = pytest.mark.django_db(transaction=True)
TICK = timedelta(milliseconds=1)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run these at once, each in its own thread. Returns what each returned or raised."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            start.wait(timeout=10)
            return deed()
        except NotAllowed as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result(timeout=30) for done in [pool.submit(run, deed) for deed in deeds]]


def test_planning_four_times_at_once_plans_once(series: Series) -> None:
    now = THURSDAY - timedelta(days=3)
    made = at_once(*[lambda: schedule.plan(series, now)] * 4)
    assert sorted(len(sessions) for sessions in made) == [0, 0, 0, 8]  # type: ignore[arg-type]
    assert series.sessions.count() == 8


@pytest.mark.parametrize("_round", range(5))
def test_publishing_and_calling_off_at_the_start_have_one_winner(
    series: Series, curator: User, _round: int
) -> None:
    session = make_session(series, curator, THURSDAY, "draft")
    mine = ChatSession.objects.get(pk=session.pk)
    published, called_off, again = at_once(
        lambda: mine.publish(THURSDAY - TICK),
        lambda: schedule.call_off_unpublished(THURSDAY),
        lambda: schedule.call_off_unpublished(THURSDAY),
    )
    session.refresh_from_db()
    off = [session.pk] in (called_off, again)
    assert called_off != again or not off, "it is called off once"
    assert session.status == ("cancelled" if off else "published")
    assert isinstance(published, NotAllowed) is off
    assert session.edition == 1


def test_publishing_twice_at_once_publishes_once(series: Series, curator: User) -> None:
    session = make_session(series, curator, THURSDAY, "draft")
    copies = [ChatSession.objects.get(pk=session.pk) for _ in range(4)]
    at_once(*[lambda copy=copy: copy.publish(THURSDAY - TICK) for copy in copies])
    session.refresh_from_db()
    assert (session.is_published, session.edition) == (True, 1)


def test_no_edition_is_lost_when_several_write(series: Series, curator: User) -> None:
    session = make_session(series, curator, THURSDAY)
    before = THURSDAY - timedelta(days=1)
    copies = [ChatSession.objects.get(pk=session.pk) for _ in range(4)]
    at_once(
        *[
            lambda copy=copy, number=number: copy.prepare(before, title=f"Title {number}")
            for number, copy in enumerate(copies)
        ]
    )
    session.refresh_from_db()
    assert session.edition == 4


def test_two_sessions_can_not_move_to_the_same_day(series: Series, curator: User) -> None:
    first = make_session(series, curator, THURSDAY)
    second = make_session(series, curator, THURSDAY + timedelta(days=7))
    to = THURSDAY + timedelta(days=1)
    now = THURSDAY - timedelta(days=1)
    outcomes = at_once(
        lambda: first.move(now, to), lambda: second.move(now, to + timedelta(hours=3))
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, NotAllowed)]
    assert [refusal.code for refusal in refused] == ["date_taken"]
    assert series.sessions.filter(date=to.date()).count() == 1
