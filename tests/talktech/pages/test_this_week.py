"""This week's page and /live/ over the time of a session."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.test import Client

from curation.models import ChatSession, Series
from people.models import User
from talktech.pages import live, this_week
from tests.conftest import THURSDAY, make_session

MINUTE = timedelta(minutes=1)
At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock of both views."""

    def set_clock(now: datetime) -> None:
        for view in (this_week, live):
            monkeypatch.setattr(view, "database_now", lambda: now)

    return set_clock


@pytest.fixture
def reader(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def page(client: Client, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_strangers_are_led_to_the_sign_in(client: Client, dana: User) -> None:
    for path in ("/", "/live/", "/you/", "/transcripts/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")


def test_a_published_session_shows_its_questions_and_articles(
    reader: Client, session: ChatSession, at: At
) -> None:
    at(THURSDAY - timedelta(days=2))
    html = page(reader)
    for text in (
        session.title,
        "Priya Raman",
        "What did you learn?",
        "Article 1",
        "Add to calendar",
    ):
        assert text in html
    assert "Enter the room" not in html


def test_before_it_is_published_others_see_its_date_and_curator_only(
    reader: Client, session: ChatSession, at: At
) -> None:
    ChatSession.objects.update(status="draft", published_at=None)
    at(THURSDAY - timedelta(days=2))
    html = page(reader)
    assert "Priya Raman" in html
    assert "Thursday 26 November" in html
    for secret in (session.title, "What did you learn?", "Article 1"):
        assert secret not in html


def test_the_curator_sees_that_it_is_their_turn(
    client: Client, curator: User, session: ChatSession, at: At
) -> None:
    ChatSession.objects.update(status="draft", published_at=None)
    at(THURSDAY - timedelta(days=2))
    client.force_login(curator)
    assert "It’s your turn to curate this session" in page(client)


@pytest.mark.parametrize(
    ("offset", "is_open"),
    [
        (-10 * MINUTE - timedelta(milliseconds=1), False),
        (-10 * MINUTE, True),
        (15 * MINUTE, True),
        (30 * MINUTE - timedelta(milliseconds=1), True),
        (30 * MINUTE, False),
    ],
)
def test_the_way_into_the_room_is_open_from_the_lobby_to_the_end(
    reader: Client, session: ChatSession, at: At, offset: timedelta, is_open: bool
) -> None:
    at(THURSDAY + offset)
    assert ("Enter the room" in page(reader)) is is_open
    leads_to_room = reader.get("/live/")["Location"] == session.room_url
    assert leads_to_room is is_open


def test_after_it_the_fresh_transcript_is_offered_for_a_day(
    reader: Client, session: ChatSession, at: At
) -> None:
    at(THURSDAY + 31 * MINUTE)
    assert session.transcript_url in page(reader)
    assert reader.get("/live/")["Location"] == session.transcript_url
    at(THURSDAY + 30 * MINUTE + timedelta(hours=24))
    assert session.transcript_url not in page(reader)


def test_live_leads_to_the_pre_read_of_the_next_and_else_to_this_week(
    reader: Client, session: ChatSession, at: At
) -> None:
    at(THURSDAY - timedelta(days=2))
    assert reader.get("/live/")["Location"] == session.get_absolute_url()
    ChatSession.objects.update(status="draft", published_at=None)
    assert reader.get("/live/")["Location"] == "/"


def test_a_cancelled_week_is_announced_and_the_next_one_shown(
    reader: Client, series: Series, curator: User, at: At
) -> None:
    off = make_session(series, curator, THURSDAY)
    off.call_off(THURSDAY - timedelta(days=3), "Everybody is at the fair.")
    make_session(series, curator, THURSDAY + timedelta(weeks=1))
    at(THURSDAY - timedelta(days=2))
    html = page(reader)
    assert "Everybody is at the fair." in html
    assert "Thursday 3 December" in html


def test_without_a_session_the_page_says_what_will_be_here(
    reader: Client, series: Series, at: At
) -> None:
    at(THURSDAY)
    assert "No session scheduled" in page(reader)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("America/New_York", "08:00"), ("Asia/Kolkata", "18:30"), ("Europe/Berlin", "14:00")],
)
def test_times_are_the_readers_own(
    client: Client, dana: User, session: ChatSession, at: At, zone: str, shown: str
) -> None:
    User.objects.filter(pk=dana.pk).update(time_zone=zone)
    at(datetime.fromisoformat("2026-11-24T10:00:00+00:00"))
    client.force_login(dana)
    assert f">{shown}</time>" in page(client)


def test_the_browsers_zone_counts_if_none_was_chosen(
    reader: Client, session: ChatSession, at: At
) -> None:
    at(THURSDAY - timedelta(days=1))
    reader.cookies["tz"] = "Asia%2FTokyo"
    assert ">22:00</time>" in page(reader)
    for hostile in (
        "Mars/Olympus",
        "../../etc/passwd",
        "\x00",
        "a" * 5000,
        "%00",
        "Europe/Berlin%0D%0A",
    ):
        # A raw header, as Python's cookies refuse some of these.
        key = reader.cookies["talktech_session"].value
        response = reader.get("/", HTTP_COOKIE=f"talktech_session={key}; tz={hostile}")
        assert ">13:00</time>" in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/live/"])
def test_pages_to_read_take_no_posts(reader: Client, path: str) -> None:
    assert reader.post(path).status_code == 405
    assert reader.head(path).status_code in (200, 302)


def test_the_page_needs_a_few_queries_only(
    reader: Client,
    session: ChatSession,
    at: At,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    at(THURSDAY - timedelta(days=2))
    reader.get("/")
    with django_assert_max_num_queries(10):
        reader.get("/")


def test_search_engines_are_kept_out(reader: Client, at: At) -> None:
    at(THURSDAY)
    assert '<meta name="robots" content="noindex">' in page(reader)
