"""The series in the admin: saving it plans sessions and moves the unprepared ones."""

import pytest
from django.test import Client

from curation.clock import database_now
from curation.models import ChatSession, Series, Turn
from curation.rota import schedule
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
    """What the page sends: the series, its turns, and the changed fields."""
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


def test_saving_a_new_series_plans_sessions_and_lets_its_curators_into_the_admin(
    ada: Client, dana: User
) -> None:
    turn = {"turns-0-person": dana.pk, "turns-0-position": "1"}
    answer = ada.post(f"{SERIES}add/", sent() | turn, follow=True)
    assert "8 sessions scheduled." in answer.content.decode()
    assert ChatSession.objects.filter(curator=dana).count() == 8
    dana.refresh_from_db()
    assert dana.is_staff
    browser = Client()
    browser.force_login(dana)
    assert browser.get("/admin/curation/chatsession/").status_code == 200


def test_an_unconfirmed_sign_up_is_not_offered_for_the_rota(
    ada: Client, series: Series, dana: User
) -> None:
    User.objects.create_user("sly@example.com", name="Sly Stranger", is_confirmed=False)
    page = ada.get(f"{SERIES}{series.pk}/change/").content.decode()
    assert "Dana Kowalski" in page and "Sly Stranger" not in page


def test_a_second_series_can_not_be_added(ada: Client, series: Series) -> None:
    assert ada.get(f"{SERIES}add/").status_code == 403
    assert ada.post(f"{SERIES}{series.pk}/delete/", {"post": "yes"}).status_code == 403


def agree(ada: Client, series: Series, data: dict[str, object]) -> str:
    """Send the change, and then agree to the effects in its preview."""
    address = f"{SERIES}{series.pk}/change/"
    shown = ada.post(address, data)
    assert "Nothing has been saved yet" in shown.content.decode()
    return ada.post(
        address, data | {"agreed": shown.context["agreed"]}, follow=True
    ).content.decode()


def in_turn(*people: User) -> dict[str, object]:
    """Those people as the whole rota."""
    rows: dict[str, object] = {"turns-TOTAL_FORMS": str(len(people)), "turns-INITIAL_FORMS": "0"}
    for number, person in enumerate(people):
        rows |= {f"turns-{number}-person": person.pk, f"turns-{number}-position": ""}
    return rows


def curators_of(series: Series) -> list[str]:
    return [str(one.curator or "") for one in series.sessions.select_related("curator")]


def test_unprepared_sessions_move_with_the_series_and_the_others_are_named(
    ada: Client, series: Series
) -> None:
    planned = schedule.plan(series, database_now())
    planned[2].prepare(database_now(), title="Ready")
    text = agree(ada, series, sent(series, local_time="09:30"))
    assert "7 sessions moved to the new time." in text
    assert f"Not moved: {planned[2].date:%-d %b}." in text
    first = series.sessions.get(pk=planned[3].pk)
    assert first.starts_at.astimezone(series.zone).hour == 9


def test_a_new_rota_is_previewed_and_then_reassigns_from_the_second_session_on(
    ada: Client, series: Series, admin_user: User, curator: User, jonas: User, dana: User
) -> None:
    series.turns.all().delete()
    schedule.plan_first_sessions(series, admin_user, database_now())
    data = sent(series) | in_turn(dana, curator, jonas)
    shown = ada.post(f"{SERIES}{series.pk}/change/", data)
    text = shown.content.decode()
    assert "7 sessions will be given to the curators in the rota." in text
    assert "Keeps its curator: it’s the next one" in text
    dealt = ["Ada Admin", *["Dana Kowalski", "Priya Raman", "Jonas Meyer"] * 2, "Dana Kowalski"]
    assert [row.curator for row in shown.context["rows"]] == dealt
    assert curators_of(series) == ["Ada Admin"] + [""] * 7, "nothing is saved yet"
    assert not Turn.objects.exists()
    text = agree(ada, series, data)
    assert "7 sessions now have a new curator." in text
    assert curators_of(series) == dealt
    for person in (curator, jonas, dana):
        person.refresh_from_db()
        assert person.is_staff


def test_a_preview_that_is_out_of_date_is_shown_again(
    ada: Client, series: Series, dana: User
) -> None:
    planned = schedule.plan(series, database_now())
    address, data = f"{SERIES}{series.pk}/change/", sent(series) | in_turn(dana)
    agreed = ada.post(address, data).context["agreed"]
    planned[3].prepare(database_now(), title="Begun meanwhile")
    again = ada.post(address, data | {"agreed": agreed})
    assert again.status_code == 200 and "already being prepared" in again.content.decode()
    assert "Dana Kowalski" not in curators_of(series)
    assert ada.post(address, data | {"agreed": again.context["agreed"]}).status_code == 302
    assert curators_of(series).count("Dana Kowalski") == 6


def test_the_rota_is_ordered_by_position_without_the_removed_rows(
    ada: Client, series: Series, curator: User, jonas: User, dana: User
) -> None:
    data = sent(series) | in_turn(curator, jonas, dana)
    data |= {"turns-0-position": "2", "turns-2-position": "1", "turns-1-DELETE": "on"}
    assert ada.post(f"{SERIES}{series.pk}/change/", data).status_code == 302
    assert [(turn.person, turn.position) for turn in series.turns.all()] == [
        (dana, 1),
        (curator, 2),
    ]


def test_a_person_who_can_not_sign_in_stays_in_the_rota_until_an_admin_removes_them(
    ada: Client, series: Series, jonas: User
) -> None:
    jonas.is_active = False
    jonas.save()
    answer = ada.post(f"{SERIES}{series.pk}/change/", sent(series, name="#Friday"))
    assert answer.status_code == 302 and series.turns.filter(person=jonas).exists()
    assert (
        "Jonas Meyer, Learning Services (can’t sign in)"
        in ada.get(f"{SERIES}{series.pk}/change/").content.decode()
    )


def test_the_list_of_series_redirects_to_the_only_one(ada: Client, series: Series) -> None:
    assert ada.get(SERIES)["Location"] == f"{SERIES}{series.pk}/change/"
    ChatSession.objects.all().delete()
    Series.objects.all().delete()
    assert ada.get(SERIES)["Location"] == f"{SERIES}add/"


@pytest.mark.parametrize("number", ["0", "9" * 40, "abc", "%00"])
def test_an_unknown_series_shows_a_message(ada: Client, number: str) -> None:
    assert ada.get(f"{SERIES}{number}/change/", follow=True).status_code in (200, 404)


def test_a_new_name_moves_nothing(ada: Client, series: Series) -> None:
    schedule.plan(series, database_now())
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
        ("turns-0-person", "999999", "Choose a person from the list"),
        ("turns-0-person", "x", "Choose a person from the list"),
        ("turns-0-position", "0", "greater than or equal to 1"),
        ("turns-0-position", "100", "less than or equal to 99"),
        ("turns-TOTAL_FORMS", "100000", "at most 99 forms"),
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
    assert "This person is already in the rota." in answer.content.decode()
    assert Turn.objects.filter(person=curator).count() == 1
