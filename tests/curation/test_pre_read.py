"""The pre-read and its calendar entry: what they show to whom, before, during and after."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from curation.calendars import ical
from curation.clock import database_now
from curation.models import ArticleDraft, ChatSession, Series
from people.models import User
from tests.conftest import THURSDAY, make_session
from tests.support.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def coming(series: Series, curator: User) -> ChatSession:
    """A published session in two days."""
    return make_session(series, curator, database_now().replace(microsecond=0) + timedelta(days=2))


@pytest.fixture
def draft(series: Series, curator: User) -> ChatSession:
    """The same, not yet published."""
    starts_at = database_now().replace(microsecond=0) + timedelta(days=2)
    return make_session(series, curator, starts_at, "draft")


def entry_of(client: Client, session: ChatSession) -> Any:
    """The one event in the session's file."""
    answer = client.get(f"{session.get_absolute_url()}event.ics")
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == 1
    return events[0]


def test_everyone_reads_what_was_published(coming: ChatSession, dana: User) -> None:
    html = signed_in(dana).get(coming.get_absolute_url()).content.decode()
    for text in ("Learning in the flow of work", "What did you learn?", "Article 1", "Priya Raman"):
        assert text in html
    assert "https://learning.example/1" in html
    assert 'data-topic="3"' in html and "Add to calendar" in html
    assert "Enter the room" not in html


@pytest.mark.parametrize(
    ("who", "reads"),
    [("dana", False), ("jonas", False), ("curator", True), ("admin_user", True)],
)
def test_other_people_see_only_date_and_curator_of_a_draft(
    draft: ChatSession, request: pytest.FixtureRequest, who: str, reads: bool
) -> None:
    draft.prepare(database_now(), intro="A secret introduction.")
    client = signed_in(request.getfixturevalue(who))
    html = client.get(draft.get_absolute_url()).content.decode()
    assert "Priya Raman" in html
    secrets = ("Learning in the flow", "What did you learn", "Article 1", "secret introduction")
    for secret in secrets:
        assert (secret in html) is reads
    assert ("Preview." in html) is reads
    entry = entry_of(client, draft).to_ical().decode()
    assert ("Learning in the flow" in entry) is reads
    assert ("What did you learn" in entry) is reads


def test_a_hidden_article_appears_on_no_page(
    coming: ChatSession, dana: User, curator: User
) -> None:
    topic = coming.topics.get(position=1)
    topic.articles.create(title="Second", url="https://second.example/")
    topic.articles.get(title="Article 1").hide(database_now())
    for person in (dana, curator):
        html = signed_in(person).get(coming.get_absolute_url()).content.decode()
        assert "Article 1" not in html and "Second" in html


def test_signed_out_readers_are_redirected_to_the_sign_in(
    coming: ChatSession, client: Client
) -> None:
    for address in (coming.get_absolute_url(), f"{coming.get_absolute_url()}event.ics"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("minutes", "shown", "hidden"),
    [
        (11, "Add to calendar", "Enter the room"),
        (9, "Enter the room", "Add to calendar"),
        (-5, "Enter the room", "Add to calendar"),
        (-31, "Read the transcript", "Enter the room"),
    ],
)
def test_the_page_links_to_what_is_open_now(
    coming: ChatSession, dana: User, minutes: int, shown: str, hidden: str
) -> None:
    starts_at = database_now() + timedelta(minutes=minutes)
    ChatSession.objects.filter(pk=coming.pk).update(starts_at=starts_at)
    html = signed_in(dana).get(coming.get_absolute_url()).content.decode()
    assert shown in html and hidden not in html


def test_a_called_off_session_says_why(coming: ChatSession, dana: User) -> None:
    coming.call_off(database_now(), "A <b>public</b> holiday.")
    html = signed_in(dana).get(coming.get_absolute_url()).content.decode()
    assert "Called off." in html and "A &lt;b&gt;public&lt;/b&gt; holiday." in html
    assert "Enter the room" not in html


def test_a_late_draft_is_shown_as_called_off_before_the_conductor_has_stored_it(
    draft: ChatSession, dana: User
) -> None:
    ChatSession.objects.filter(pk=draft.pk).update(starts_at=database_now() - timedelta(seconds=1))
    html = signed_in(dana).get(draft.get_absolute_url()).content.decode()
    assert "Called off." in html and "Learning in the flow" not in html


def test_a_rehearsal_is_open_to_everyone_with_its_address(dana: User, client: Client) -> None:
    rehearsal = make_session(None, None, database_now() + timedelta(hours=1))
    html = signed_in(dana).get(rehearsal.get_absolute_url()).content.decode()
    assert "Rehearsal" in html and "What did you learn?" in html
    assert client.get(rehearsal.get_absolute_url()).status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/sessions/2026-13-01/",
        "/sessions/2026-02-30/",
        "/sessions/0000-00-00/",
        "/sessions/9999-12-31/",
        "/sessions/2026-1-1/",
        "/sessions/2026-11-26x/",
        "/sessions/٢٠٢٦-١١-٢٦/",
        "/sessions/2001-01-01/event.ics",
        "/rehearsals/0/",
        "/rehearsals/99999999999999999999999999/",
        "/rehearsals/-1/",
        "/rehearsals/1/event.ics",
    ],
)
def test_an_unknown_address_is_not_found(coming: ChatSession, dana: User, address: str) -> None:
    assert signed_in(dana).get(address).status_code == 404


def test_a_weekly_session_is_not_found_under_a_rehearsals_address(
    draft: ChatSession, dana: User
) -> None:
    assert signed_in(dana).get(f"/rehearsals/{draft.pk}/").status_code == 404


def test_many_articles_take_no_more_queries_than_few(
    coming: ChatSession, dana: User, django_assert_max_num_queries: object
) -> None:
    articles = [ArticleDraft(f"https://a.example/{n}", f"A {n}") for n in range(10)]
    coming.prepare(database_now(), articles=[articles] * 3)
    client = signed_in(dana)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get(coming.get_absolute_url())


def test_an_entry_has_its_instants_in_utc_and_links_to_the_room(
    coming: ChatSession, dana: User
) -> None:
    client = signed_in(dana)
    client.defaults["HTTP_HOST"] = "127.0.0.1:8000"
    answer = client.get(f"{coming.get_absolute_url()}event.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    name = f'talktech-{coming.date}.ics"'
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}'
    event = entry_of(client, coming)
    assert event["DTSTART"].to_ical().endswith(b"Z") and event["DTEND"].to_ical().endswith(b"Z")
    assert event["DTSTART"].dt == coming.starts_at and event["DTEND"].dt == coming.ends_at
    assert event["URL"] == "http://127.0.0.1:8000/live/"
    assert "http://127.0.0.1:8000/live/" in event["DESCRIPTION"]
    assert f"http://127.0.0.1:8000{coming.get_absolute_url()}" in event["DESCRIPTION"]
    assert event["SUMMARY"] == "#TalkTech: Learning in the flow of work"
    assert event["STATUS"] == "CONFIRMED"


def test_an_entry_keeps_its_id_and_counts_its_editions(
    coming: ChatSession, dana: User, jonas: User
) -> None:
    first = entry_of(signed_in(dana), coming)
    coming.move(database_now(), coming.starts_at + timedelta(hours=1))
    second = entry_of(signed_in(jonas), coming)
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] == first["SEQUENCE"] + 1
    assert second["DTSTART"].dt == coming.starts_at


def test_a_called_off_session_is_cancelled_in_the_calendar(coming: ChatSession, dana: User) -> None:
    coming.call_off(database_now(), "A holiday.")
    event = entry_of(signed_in(dana), coming)
    assert event["STATUS"] == "CANCELLED" and "A holiday." in event["DESCRIPTION"]


def test_a_rehearsals_entry_links_to_its_own_room(dana: User) -> None:
    rehearsal = make_session(None, None, database_now() + timedelta(hours=1))
    event = entry_of(signed_in(dana), rehearsal)
    assert event["URL"].endswith(f"/rehearsals/{rehearsal.pk}/room/")
    assert event["SUMMARY"] == "Rehearsal: Learning in the flow of work"


@pytest.mark.parametrize(
    "title",
    ["a;b,c\\d", "BEGIN:VEVENT", "x" * 120, "🦜" * 60, "line\nEND:VCALENDAR", "Ünïcödé — “quoted”"],
    ids=ascii,
)
def test_no_text_breaks_out_of_the_entry(coming: ChatSession, dana: User, title: str) -> None:
    coming.prepare(database_now(), title=title, questions=[title, "Two?", "Three?"])
    client = signed_in(dana)
    event = entry_of(client, coming)
    assert event["SUMMARY"] == f"#TalkTech: {coming.title}"
    lines = client.get(f"{coming.get_absolute_url()}event.ics").content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)


def test_an_entry_has_its_link_and_the_time_of_its_creation(session: ChatSession) -> None:
    content = ical.event(session, "https://chat.example.com", THURSDAY, with_content=True)
    event: Any = Calendar.from_ical(content).walk("VEVENT")[0]
    assert event["URL"] == "https://chat.example.com/live/"
    assert event["DTSTAMP"].dt == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


def test_only_what_was_published_is_removed_from_calendars(
    series: Series, coming: ChatSession, curator: User, dana: User
) -> None:
    draft = make_session(series, curator, coming.starts_at + timedelta(weeks=1), "draft")
    for session, is_offered in ((coming, True), (draft, False)):
        session.call_off(database_now(), "A holiday.")
        html = signed_in(dana).get(session.get_absolute_url()).content.decode()
        assert ("Remove from calendar" in html) is is_offered
        assert "Add to calendar" not in html
