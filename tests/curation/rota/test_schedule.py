"""Sessions are planned eight weeks ahead with curators in turn, moved, and called off if late."""

from datetime import UTC, datetime, time, timedelta

import pytest

from curation.models import ArticleDraft, ChatSession, Series, Turn, create_session
from curation.rota import schedule
from curation.rota.schedule import Rule
from people.models import User
from tests.conftest import THURSDAY

MONDAY = THURSDAY - timedelta(days=3)
WEEK = timedelta(weeks=1)


def days(series: Series) -> list[str]:
    return [str(session.date) for session in series.sessions.order_by("starts_at")]


def hosts(series: Series) -> list[str]:
    sessions = series.sessions.order_by("slot")
    return [session.curator.name.split()[0] if session.curator else "" for session in sessions]


def test_eight_weeks_are_planned(series: Series) -> None:
    made = schedule.plan(series, MONDAY)
    assert [session.starts_at for session in made] == [THURSDAY + n * WEEK for n in range(8)]
    assert all(session.status == "draft" for session in made)
    assert all([topic.position for topic in session.topics.all()] == [1, 2, 3] for session in made)


def test_planning_again_adds_nothing(series: Series) -> None:
    schedule.plan(series, MONDAY)
    assert schedule.plan(series, MONDAY) == []
    assert series.sessions.count() == 8


def test_planning_takes_one_query_when_nothing_is_missing(
    series: Series, django_assert_num_queries: object
) -> None:
    schedule.plan(series, MONDAY)
    with django_assert_num_queries(1):  # type: ignore[operator]
        schedule.plan(series, MONDAY)


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (THURSDAY - timedelta(minutes=10, milliseconds=1), "2026-11-26"),
        (THURSDAY - timedelta(minutes=10), "2026-12-03"),
    ],
)
def test_a_session_is_planned_while_it_can_still_be_prepared(
    series: Series, now: datetime, first: str
) -> None:
    schedule.plan(series, now)
    assert days(series)[0] == first and len(days(series)) == 8


def test_a_week_later_one_more_session_is_planned(series: Series) -> None:
    schedule.plan(series, MONDAY)
    assert [str(session.date) for session in schedule.plan(series, MONDAY + WEEK)] == ["2027-01-21"]


def test_the_local_time_stays_the_same_when_the_clocks_change(series: Series) -> None:
    made = schedule.plan(series, datetime(2026, 10, 12, tzinfo=UTC))
    assert {session.starts_at.astimezone(series.zone).time() for session in made} == {time(14)}
    assert {session.starts_at.time() for session in made} == {time(12), time(13)}


def test_the_curators_take_turns_and_continue_from_the_last_one(series: Series) -> None:
    schedule.plan(series, MONDAY)
    assert hosts(series) == ["Priya", "Jonas"] * 4
    schedule.plan(series, MONDAY + 3 * WEEK)
    assert hosts(series) == ["Priya", "Jonas"] * 5 + ["Priya"]


def test_a_new_curator_comes_after_the_others(series: Series, dana: User) -> None:
    schedule.plan(series, MONDAY)
    Turn.objects.create(series=series, person=dana, position=3)
    schedule.plan(series, MONDAY + 3 * WEEK)
    assert hosts(series)[8:] == ["Dana", "Priya", "Jonas"]


def test_people_who_left_or_can_not_sign_in_are_skipped(
    series: Series, dana: User, jonas: User
) -> None:
    Turn.objects.create(series=series, person=dana, position=3)
    jonas.is_active = False
    jonas.save()
    schedule.plan(series, MONDAY)
    assert hosts(series) == ["Priya", "Dana"] * 4


def test_a_series_without_curators_is_planned_too(series: Series) -> None:
    series.turns.all().delete()
    schedule.plan(series, MONDAY)
    assert hosts(series) == [""] * 8


def test_a_called_off_week_stays_called_off(series: Series) -> None:
    first = schedule.plan(series, MONDAY)[0]
    first.call_off(MONDAY, "A holiday.")
    assert schedule.plan(series, MONDAY) == []
    assert ChatSession.objects.filter(series=series, date="2026-11-26").count() == 1


def test_a_moved_week_keeps_its_slot(series: Series) -> None:
    first = schedule.plan(series, MONDAY)[0]
    first.move(MONDAY, THURSDAY - timedelta(days=2))
    assert schedule.plan(series, MONDAY) == []
    assert days(series)[0] == "2026-11-24"


def test_a_day_with_a_moved_session_gets_no_second_one(series: Series) -> None:
    last = schedule.plan(series, MONDAY)[-1]
    last.move(MONDAY, last.starts_at + WEEK)
    assert schedule.plan(series, MONDAY + WEEK) == []


def test_other_series_and_rehearsals_do_not_affect_planning(series: Series) -> None:
    other = Series.objects.create(weekday=3, local_time=time(14), time_zone="Europe/Berlin")
    create_session(None, None, THURSDAY)
    schedule.plan(other, MONDAY)
    assert len(schedule.plan(series, MONDAY)) == 8


@pytest.fixture
def planned(series: Series) -> list[ChatSession]:
    return schedule.plan(series, MONDAY)


def fill_in(session: ChatSession, now: datetime) -> None:
    session.prepare(
        now,
        title="Ready",
        questions=["One?", "Two?", "Three?"],
        articles=[[ArticleDraft("https://a.example/", "A")]] * 3,
    )


@pytest.mark.parametrize(
    ("now", "called_off"), [(THURSDAY - timedelta(milliseconds=1), 0), (THURSDAY, 1)]
)
def test_a_session_that_is_unpublished_at_its_start_is_called_off(
    planned: list[ChatSession], now: datetime, called_off: int
) -> None:
    assert len(schedule.call_off_unpublished(now)) == called_off
    planned[0].refresh_from_db()
    assert planned[0].status == ("cancelled" if called_off else "draft")
    assert planned[0].edition == called_off
    assert planned[0].is_called_off(now) is bool(called_off)


def test_a_late_session_is_called_off_once_with_a_reason(planned: list[ChatSession]) -> None:
    assert schedule.call_off_unpublished(THURSDAY) == [planned[0].pk]
    assert schedule.call_off_unpublished(THURSDAY) == []
    planned[0].refresh_from_db()
    assert "published in time" in planned[0].called_off_because


def test_a_published_session_is_not_called_off(planned: list[ChatSession]) -> None:
    fill_in(planned[0], MONDAY)
    planned[0].publish(THURSDAY - timedelta(milliseconds=1))
    assert schedule.call_off_unpublished(THURSDAY) == []


def change(
    series: Series, now: datetime, *, is_new_rota: bool = False, **rule: object
) -> schedule.Changes:
    before = Rule.of(series)
    for name, value in rule.items():
        setattr(series, name, value)
    series.save()
    return schedule.apply_to_sessions(series, before, now, is_new_rota=is_new_rota)


def test_unprepared_sessions_move_with_the_series(
    series: Series, planned: list[ChatSession]
) -> None:
    changes = change(series, MONDAY, weekday=4, local_time=time(9, 30))
    assert len(changes.moved) == 8 and changes.planned == []
    assert days(series)[:2] == ["2026-11-27", "2026-12-04"]
    first = series.sessions.get(pk=planned[0].pk)
    assert first.starts_at == datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    assert first.slot == first.date and first.edition == 1
    assert hosts(series) == ["Priya", "Jonas"] * 4


def test_published_prepared_and_moved_sessions_stay(
    series: Series, planned: list[ChatSession]
) -> None:
    fill_in(planned[0], MONDAY)
    planned[0].publish(MONDAY)
    planned[1].prepare(MONDAY, questions=["One?", "", ""])
    planned[2].move(MONDAY, planned[2].starts_at + timedelta(hours=1))
    planned[3].call_off(MONDAY, "A holiday.")
    changes = change(series, MONDAY, weekday=4)
    assert [session.pk for session in changes.moved] == [session.pk for session in planned[4:]]
    assert days(series)[:5] == [
        "2026-11-26",
        "2026-12-03",
        "2026-12-10",
        "2026-12-17",
        "2026-12-25",
    ]
    assert changes.planned == [], "a week has one session"


def test_this_weeks_session_stays_if_the_new_day_is_over(
    series: Series, planned: list[ChatSession]
) -> None:
    now = THURSDAY - timedelta(days=1)
    changes = change(series, now, weekday=1)
    assert len(changes.moved) == 7
    assert days(series)[:2] == ["2026-11-26", "2026-12-01"]


def test_unprepared_sessions_move_with_a_new_time_zone(
    series: Series, planned: list[ChatSession]
) -> None:
    change(series, MONDAY, time_zone="America/New_York")
    assert series.sessions.get(pk=planned[0].pk).starts_at == THURSDAY + timedelta(hours=6)


def test_a_session_does_not_move_to_a_day_with_another_session(
    series: Series, planned: list[ChatSession]
) -> None:
    planned[1].move(MONDAY, THURSDAY + timedelta(days=1, hours=2))
    changes = change(series, MONDAY, weekday=4)
    assert planned[0].pk not in [session.pk for session in changes.moved]
    assert days(series)[0] == "2026-11-26"


def test_sessions_without_curator_get_one_from_a_new_rota(series: Series, dana: User) -> None:
    series.turns.all().delete()
    schedule.plan(series, MONDAY)
    Turn.objects.create(series=series, person=dana, position=1)
    changes = change(series, MONDAY)
    assert len(changes.reassigned) == 8 and set(hosts(series)) == {"Dana"}


def test_a_curator_who_can_no_longer_sign_in_is_replaced(
    series: Series, planned: list[ChatSession], jonas: User
) -> None:
    jonas.is_active = False
    jonas.save()
    change(series, MONDAY)
    assert hosts(series) == ["Priya"] * 8


def new_rota(series: Series, *people: User, now: datetime = MONDAY) -> schedule.Changes:
    series.turns.all().delete()
    for place, person in enumerate(people, start=1):
        series.turns.create(person=person, position=place)
    return change(series, now, is_new_rota=True)


def test_the_person_who_sets_up_the_chat_curates_the_first_session_only(
    series: Series, admin_user: User
) -> None:
    series.turns.all().delete()
    schedule.plan_first_sessions(series, admin_user, MONDAY)
    assert hosts(series) == ["Ada"] + [""] * 7


def test_a_new_rota_reassigns_every_unprepared_session_from_the_second_on(
    series: Series, admin_user: User, curator: User, jonas: User, dana: User
) -> None:
    series.turns.create(person=admin_user, position=1)
    series.turns.exclude(person=admin_user).delete()
    schedule.plan(series, MONDAY)
    assert hosts(series) == ["Ada"] * 8
    changes = new_rota(series, dana, curator, jonas)
    assert hosts(series) == ["Ada", "Dana", "Priya", "Jonas", "Dana", "Priya", "Jonas", "Dana"]
    assert len(changes.reassigned) == 7
    assert hosts_after(series, MONDAY + WEEK)[8:] == ["Priya"], "and the rota goes on from there"


def hosts_after(series: Series, now: datetime) -> list[str]:
    schedule.plan(series, now)
    return hosts(series)


@pytest.mark.parametrize(
    ("now", "first_dealt"),
    [
        (THURSDAY - timedelta(minutes=10, milliseconds=1), 1),
        (THURSDAY - timedelta(minutes=10), 2),
    ],
)
def test_the_next_session_is_the_first_whose_lobby_is_still_to_open(
    series: Series, planned: list[ChatSession], dana: User, now: datetime, first_dealt: int
) -> None:
    changes = new_rota(series, dana, now=now)
    assert changes.reassigned[0].pk == planned[first_dealt].pk


def test_a_new_rota_leaves_sessions_alone_that_somebody_has_touched(
    series: Series, planned: list[ChatSession], dana: User, admin_user: User
) -> None:
    planned[1].prepare(MONDAY, title="Begun")
    fill_in(planned[2], MONDAY)
    planned[2].publish(MONDAY)
    planned[3].move(MONDAY, planned[3].starts_at + timedelta(hours=1))
    planned[4].call_off(MONDAY, "A holiday.")
    planned[5].hand_over(MONDAY, admin_user)
    changes = new_rota(series, dana)
    assert [session.pk for session in changes.reassigned] == [planned[6].pk, planned[7].pk]
    assert hosts(series) == ["Priya", "Jonas", "Priya", "Jonas", "Priya", "Ada", "Dana", "Dana"]


def test_a_new_rota_replaces_a_curator_who_can_no_longer_sign_in(
    series: Series, planned: list[ChatSession], curator: User, jonas: User, dana: User
) -> None:
    planned[3].hand_over(MONDAY, curator)
    curator.is_active = False
    curator.save()
    new_rota(series, dana, jonas)
    assert hosts(series) == ["Dana", "Jonas"] * 4


def test_an_emptied_rota_leaves_later_sessions_without_curator(
    series: Series, planned: list[ChatSession]
) -> None:
    new_rota(series)
    assert hosts(series) == ["Priya"] + [""] * 7


def test_a_change_of_time_alone_reassigns_nothing(
    series: Series, planned: list[ChatSession]
) -> None:
    planned[2].hand_over(MONDAY, series.turns.all()[1].person)
    assert change(series, MONDAY, local_time=time(9)).reassigned == []


def test_a_new_day_and_a_new_rota_at_once_move_and_reassign(
    series: Series, planned: list[ChatSession], dana: User
) -> None:
    series.turns.all().delete()
    series.turns.create(person=dana, position=1)
    changes = change(series, MONDAY, is_new_rota=True, weekday=4)
    assert (len(changes.moved), len(changes.reassigned)) == (8, 7)
    assert hosts(series) == ["Priya"] + ["Dana"] * 7
