"""What this week's page says in each state."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from curation.models import ChatSession, Series
from curation.rota.curators import make_curator
from people.models import SignUpDomain, User
from talktech.pages.this_week import Week, how_far
from tests.conftest import THURSDAY, make_session
from transcripts import archive

WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)
DRAFT = {"status": "draft", "published_at": None}
Look = Callable[..., Week]


@pytest.fixture
def look(dana: User) -> Look:
    """The week as a person sees it at an instant."""

    def at(now: datetime, person: User = dana) -> Week:
        return Week(person, now, ChatSession.objects.current(now))

    return at


@pytest.mark.parametrize(
    ("offset", "stage"),
    [
        (timedelta(days=-6), "before"),
        (-10 * MINUTE - timedelta(milliseconds=1), "before"),
        (-10 * MINUTE, "open"),
        (timedelta(0), "open"),
        (30 * MINUTE - timedelta(milliseconds=1), "open"),
        (30 * MINUTE, "fresh"),
        (30 * MINUTE + timedelta(hours=24, milliseconds=-1), "fresh"),
        (30 * MINUTE + timedelta(hours=24), "none"),
    ],
)
def test_the_stage_follows_the_clock(
    look: Look, session: ChatSession, offset: timedelta, stage: str
) -> None:
    assert look(THURSDAY + offset).stage == stage


@pytest.mark.parametrize(
    ("offset", "stage"),
    [
        (timedelta(days=-2), "waiting"),
        (-10 * MINUTE, "waiting"),
        (timedelta(milliseconds=-1), "waiting"),
        (timedelta(0), "none"),
    ],
)
def test_an_unpublished_session_waits_and_is_gone_at_its_start(
    look: Look, session: ChatSession, offset: timedelta, stage: str
) -> None:
    ChatSession.objects.update(**DRAFT)
    week = look(THURSDAY + offset)
    assert week.stage == stage
    assert week.topics == [] and week.minutes == 0


def test_at_its_start_an_unpublished_session_is_explained(
    look: Look, session: ChatSession, series: Series, curator: User
) -> None:
    ChatSession.objects.update(**DRAFT)
    following = make_session(series, curator, THURSDAY + WEEK)
    week = look(THURSDAY)
    assert (week.session, week.skipped) == (following, [session])
    assert look(THURSDAY + timedelta(hours=12)).skipped == []


def test_the_next_lobby_comes_before_the_last_transcript(
    look: Look, session: ChatSession, series: Series, curator: User
) -> None:
    make_session(series, curator, THURSDAY + timedelta(hours=20))
    lobby = THURSDAY + timedelta(hours=20) - 10 * MINUTE
    assert look(lobby - timedelta(milliseconds=1)).stage == "fresh"
    assert look(lobby).stage == "open"


def test_a_rehearsal_is_not_this_weeks_session(look: Look, series: Series) -> None:
    make_session(None, None, THURSDAY)
    assert look(THURSDAY).stage == "none"
    assert look(THURSDAY + 40 * MINUTE).stage == "none"


def test_only_the_curator_sees_that_it_is_their_turn(
    look: Look, session: ChatSession, curator: User, dana: User, admin_user: User
) -> None:
    ChatSession.objects.update(**DRAFT)
    now = THURSDAY - timedelta(days=2)
    assert look(now, curator).turn == session
    assert look(now, curator).missing == []
    assert look(now, dana).turn is None and look(now, admin_user).turn is None
    session.topics.filter(position=2).update(question="")
    assert look(now, curator).missing == ["Write the question for topic 2."]


def test_a_turn_is_announced_two_weeks_before_even_after_others(
    look: Look, session: ChatSession, series: Series, jonas: User
) -> None:
    later = make_session(series, jonas, THURSDAY + WEEK, status="draft")
    assert look(later.starts_at - 2 * WEEK, jonas).turn is None
    assert look(later.starts_at - 2 * WEEK + MINUTE, jonas).turn == later


def test_during_the_lobby_of_a_draft_its_curator_is_urged_to_publish(
    look: Look, session: ChatSession, curator: User
) -> None:
    ChatSession.objects.update(**DRAFT)
    assert not look(THURSDAY - 11 * MINUTE, curator).is_last_minute
    assert look(THURSDAY - 10 * MINUTE, curator).is_last_minute


def test_a_new_admin_is_told_what_to_do_next(look: Look, admin_user: User) -> None:
    now = THURSDAY
    assert [step.verb for step in look(now, admin_user).steps] == ["Set it up"]
    series = Series.objects.create(weekday=3, local_time="14:00", time_zone="Europe/Berlin")
    for person in User.objects.exclude(pk=admin_user.pk):
        person.delete()
    assert len(look(now, admin_user).steps) == 2
    SignUpDomain.objects.create(domain="example.com")
    assert [step.verb for step in look(now, admin_user).steps] == ["Choose curators"]
    series.turns.create(person=admin_user, position=1)
    series.turns.create(person=User.objects.create_user("b@example.com", name="B"), position=2)
    assert look(now, admin_user).steps == []


def test_nobody_else_sees_the_next_steps(look: Look, dana: User) -> None:
    assert look(THURSDAY).steps == []


@pytest.mark.parametrize(
    ("zone", "day", "word"),
    [
        ("UTC", "2026-11-26T13:00", "Today"),
        ("UTC", "2026-11-27T00:00", "Tomorrow"),
        ("UTC", "2026-11-25T23:59", "Yesterday"),
        ("UTC", "2026-11-29T23:59", "This week"),
        ("UTC", "2026-11-30T00:00", "Next"),
        ("Pacific/Auckland", "2026-11-26T13:00", "Tomorrow"),
        ("America/Los_Angeles", "2026-11-27T07:59", "Today"),
    ],
)
def test_the_distance_in_words_goes_by_the_readers_calendar(zone: str, day: str, word: str) -> None:
    now = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    with timezone.override(zone):
        assert how_far(datetime.fromisoformat(day).replace(tzinfo=UTC), now) == word


@pytest.mark.parametrize("person", ["dana", "curator", "admin_user"])
@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("minutes", [-3000, -5, 5, 25, 40, 3000])
def test_every_state_is_a_page_for_everybody(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
    session: ChatSession,
    person: str,
    published: bool,
    minutes: int,
) -> None:
    reader = request.getfixturevalue(person)
    if person == "curator":
        make_curator(reader)
    if not published:
        ChatSession.objects.update(**DRAFT)
    now = THURSDAY + minutes * MINUTE
    if published and minutes > 30:
        archive.archive(session.pk, lambda: now)
    monkeypatch.setattr("talktech.pages.this_week.database_now", lambda: now)
    client.force_login(reader)
    html = client.get("/").content.decode()
    assert html.count("<h1") == 1
    if not published:
        assert session.title not in html and "What did you learn?" not in html


@pytest.mark.parametrize(("minutes", "is_above"), [(-11, True), (-10, False), (29, False)])
def test_while_a_room_is_open_nothing_is_above_the_way_in(
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
    session: ChatSession,
    series: Series,
    curator: User,
    minutes: int,
    is_above: bool,
) -> None:
    make_session(series, curator, THURSDAY + WEEK, status="draft")
    now = THURSDAY + minutes * MINUTE
    monkeypatch.setattr("talktech.pages.this_week.database_now", lambda: now)
    client.force_login(curator)
    html = client.get("/").content.decode()
    assert "You’re curating" in html
    assert (html.index("You’re curating") < html.index("<h1")) is is_above


def test_the_demos_admin_is_told_how_to_get_to_their_own_chat(
    client: Client, session: ChatSession, admin_user: User
) -> None:
    client.force_login(admin_user)
    assert "demo --end" not in client.get("/").content.decode()
    User.objects.update(simulated=True)
    assert "demo --end" in client.get("/").content.decode()
    assert "demo --end" in Client().get("/accounts/login/").content.decode()
