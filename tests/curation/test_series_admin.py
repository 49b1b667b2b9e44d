"""The series at the desk: saving it plans its sessions and lets the unprepared ones follow."""

import pytest
from django.test import Client

from curation import schedule
from curation.instants import read_clock
from curation.models import ChatSession, Series, Turn
from people.models import User

pytestmark = pytest.mark.django_db
SERIES = "/admin/curation/series/"


@pytest.fixture
def ada(admin_user: User) -> Client:
    """The admin's browser."""
    client = Client()
    client.force_login(admin_user)
    return client


def sent(series: Series | None = None, **changes: object) -> dict[str, object]:
    """What the page sends: the series as it is, its turns, and what was changed."""
    turns = list(series.turns.all()) if series else []
    data: dict[str, object] = {
        "name": "#TalkTech",
        "weekday": "3",
        "local_time": "14:00",
        "time_zone": "Europe/Berlin",
        "turns-TOTAL_FORMS": str(len(turns) + 1),
        "turns-INITIAL_FORMS": str(len(turns)),
    }
    for number, turn in enumerate(turns):
        data |= {
            f"turns-{number}-id": turn.pk,
            f"turns-{number}-person": turn.person_id,
            f"turns-{number}-position": turn.position,
        }
    return data | changes


def test_a_new_series_has_its_sessions_and_its_curators_the_desk(ada: Client, dana: User) -> None:
    turn = {"turns-0-person": dana.pk, "turns-0-position": "1"}
    answer = ada.post(f"{SERIES}add/", sent() | turn, follow=True)
    assert "8 sessions scheduled." in answer.content.decode()
    assert ChatSession.objects.filter(curator=dana).count() == 8
    dana.refresh_from_db()
    assert dana.is_staff
    browser = Client()
    browser.force_login(dana)
    assert browser.get("/admin/curation/chatsession/").status_code == 200


def test_there_is_one_series(ada: Client, series: Series) -> None:
    assert ada.get(f"{SERIES}add/").status_code == 403
    assert ada.post(f"{SERIES}{series.pk}/delete/", {"post": "yes"}).status_code == 403


def test_unprepared_sessions_follow_and_it_is_said_which_stay(ada: Client, series: Series) -> None:
    planned = schedule.plan(series, read_clock())
    planned[2].prepare(read_clock(), title="Ready")
    answer = ada.post(f"{SERIES}{series.pk}/change/", sent(series, local_time="09:30"), follow=True)
    text = answer.content.decode()
    assert "7 sessions moved to the new time." in text
    assert f"Not moved: {planned[2].date:%-d %b}." in text
    first = series.sessions.get(pk=planned[3].pk)
    assert first.starts_at.astimezone(series.zone).hour == 9


def test_a_new_name_moves_nothing(ada: Client, series: Series) -> None:
    schedule.plan(series, read_clock())
    before = list(series.sessions.values("starts_at", "edition"))
    ada.post(f"{SERIES}{series.pk}/change/", sent(series, name="#Friday"))
    series.refresh_from_db()
    assert series.name == "#Friday"
    assert list(series.sessions.values("starts_at", "edition")) == before


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "", "This field is required"),
        ("name", "x" * 61, "at most 60 characters"),
        ("name", "\u202eturned", "reverses the text direction"),
        ("name", "a\x00b", "Null characters are not allowed"),
        ("weekday", "7", "Select a valid choice"),
        ("local_time", "25:00", "Enter a valid time"),
        ("local_time", "", "This field is required"),
        ("time_zone", "Mars/Olympus", "from the list"),
        ("turns-2-position", "1", "This field is required"),
        ("turns-TOTAL_FORMS", "nonsense", "ManagementForm data is missing"),
    ],
)
def test_bad_input_about_the_series_is_refused(
    ada: Client, series: Series, field: str, text: str, sentence: str
) -> None:
    answer = ada.post(f"{SERIES}{series.pk}/change/", sent(series, **{field: text}))
    assert answer.status_code == 200 and sentence in answer.content.decode()
    assert not series.sessions.exists()


def test_a_person_has_one_turn(ada: Client, series: Series, curator: User) -> None:
    twice = {"turns-2-person": curator.pk, "turns-2-position": "3"}
    answer = ada.post(f"{SERIES}{series.pk}/change/", sent(series) | twice)
    assert answer.status_code == 200
    assert Turn.objects.filter(person=curator).count() == 1
