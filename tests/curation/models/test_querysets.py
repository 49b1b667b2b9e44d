"""Which session is next, which ones a person may read, and what an address finds."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from curation.models import ChatSession, Series
from people.models import User
from tests.conftest import THURSDAY, make_session

TICK = timedelta(milliseconds=1)
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("at", "is_current"),
    [
        (THURSDAY - WEEK, True),
        (THURSDAY, True),
        (THURSDAY + timedelta(minutes=30) - TICK, True),
        (THURSDAY + timedelta(minutes=30), False),
    ],
)
def test_a_session_is_current_until_it_ends(
    session: ChatSession, at: object, is_current: bool
) -> None:
    assert (ChatSession.objects.current(at) == session) is is_current  # type: ignore[arg-type]


def test_the_next_of_several_is_current(
    session: ChatSession, series: Series, curator: User
) -> None:
    later = make_session(series, curator, THURSDAY + WEEK)
    assert list(ChatSession.objects.upcoming(THURSDAY)) == [session, later]
    assert ChatSession.objects.current(THURSDAY + timedelta(hours=1)) == later


def test_rehearsals_and_called_off_sessions_are_never_current(
    session: ChatSession, series: Series, curator: User
) -> None:
    make_session(None, None, THURSDAY - timedelta(days=1))
    session.call_off(THURSDAY - WEEK, "A holiday.")
    assert ChatSession.objects.current(THURSDAY - WEEK) is None


def test_a_draft_is_upcoming_until_it_should_start(series: Series, curator: User) -> None:
    draft = make_session(series, curator, THURSDAY, "draft")
    assert ChatSession.objects.current(THURSDAY - TICK) == draft
    assert ChatSession.objects.current(THURSDAY) is None


@pytest.mark.parametrize(
    ("who", "sees"),
    [("curator", True), ("admin_user", True), ("jonas", False), ("dana", False)],
)
def test_only_its_curator_and_admins_can_read_a_draft(
    series: Series, curator: User, request: pytest.FixtureRequest, who: str, sees: bool
) -> None:
    draft = make_session(series, curator, THURSDAY, "draft")
    person = request.getfixturevalue(who)
    assert draft.readable_by(person) is sees


def test_a_session_that_was_published_stays_readable(session: ChatSession, dana: User) -> None:
    session.call_off(THURSDAY - WEEK, "A holiday.")
    assert session.readable_by(dana)


def test_a_draft_without_curator_is_readable_by_admins_only(
    series: Series, admin_user: User
) -> None:
    draft = make_session(series, None, THURSDAY, "draft")
    assert draft.readable_by(admin_user)
    assert not draft.readable_by(AnonymousUser())  # type: ignore[arg-type]


def test_an_address_finds_its_session(session: ChatSession) -> None:
    rehearsal = make_session(None, None, THURSDAY)
    assert ChatSession.objects.addressed(day=session.date) == session
    assert ChatSession.objects.addressed(number=rehearsal.pk) == rehearsal


@pytest.mark.parametrize("number", [0, 10**6, 2**63, 10**30])
def test_an_unknown_address_raises_does_not_exist(session: ChatSession, number: int) -> None:
    with pytest.raises(ChatSession.DoesNotExist):
        ChatSession.objects.addressed(number=number)


def test_a_weekly_session_is_not_found_among_rehearsals(session: ChatSession) -> None:
    with pytest.raises(ChatSession.DoesNotExist):
        ChatSession.objects.addressed(number=session.pk)


def test_two_series_on_one_day_do_not_break_an_address(
    session: ChatSession, series: Series
) -> None:
    other = Series.objects.create(
        weekday=3, local_time=series.local_time, time_zone=series.time_zone
    )
    make_session(other, None, THURSDAY)
    assert ChatSession.objects.addressed(day=session.date) == session
