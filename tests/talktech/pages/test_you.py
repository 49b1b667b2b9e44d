"""The You page: name, team, time zone, and the link to the password."""

from typing import Any

import pytest
from django.test import Client

from people.models import Team, User
from tests.talktech.hostile import HOSTILE

FIELDS = {"name": "Dana Kowalska", "team": "", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def me(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def save(client: Client, **fields: Any) -> Any:
    return client.post("/you/", FIELDS | fields)


def test_the_page_requires_sign_in(client: Client, dana: User) -> None:
    assert client.get("/you/")["Location"] == "/accounts/login/?next=/you/"
    assert save(client).status_code == 302
    dana.refresh_from_db()
    assert dana.name == "Dana Kowalski"


def test_name_team_and_zone_are_saved(me: Client, dana: User) -> None:
    other = Team.objects.create(name="Design")
    page = me.post("/you/", FIELDS | {"team": other.pk, "name": " Dana   Kowalska "}, follow=True)
    assert "Saved." in page.content.decode()
    dana.refresh_from_db()
    assert (dana.name, dana.team, dana.time_zone) == ("Dana Kowalska", other, "Asia/Tokyo")
    save(me)
    dana.refresh_from_db()
    assert dana.team is None


def test_no_other_field_can_be_written(me: Client, dana: User) -> None:
    save(me, is_staff="on", is_superuser="on", email="x@y.example", id="1", simulated="on")
    dana.refresh_from_db()
    assert (dana.is_staff, dana.is_superuser, dana.email) == (False, False, "dana@example.com")


def test_without_a_chosen_zone_the_browsers_counts(me: Client, dana: User) -> None:
    me.cookies["tz"] = "America%2FSao_Paulo"
    html = me.get("/you/").content.decode()
    assert "Sao Paulo" in html and 'data-zone="America/Sao_Paulo"' in html
    save(me)
    assert 'data-zone="Asia/Tokyo"' in me.get("/you/").content.decode()


def test_an_old_name_of_a_zone_stays_chosen(me: Client, dana: User) -> None:
    User.objects.filter(pk=dana.pk).update(time_zone="US/Central")
    assert '<option value="US/Central" selected>' in me.get("/you/").content.decode()
    save(me, time_zone="US/Central")
    dana.refresh_from_db()
    assert (dana.name, dana.time_zone) == ("Dana Kowalska", "US/Central")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "N" * 41),
        ("name", "Dana\u202e"),
        ("name", "Dana\x00"),
        ("team", "0"),
        ("team", "x"),
        ("team", "\x00"),
        ("team", "9" * 30),
        ("team", "-1"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("time_zone", "Europe/Berlin\x00"),
        ("time_zone", "x" * 100_000),
    ],
)
def test_an_error_is_shown_at_its_field_and_the_input_stays(
    me: Client, dana: User, field: str, value: str
) -> None:
    response = save(me, **{field: value})
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    html = response.content.decode()
    if field != "name":
        assert 'value="Dana Kowalska"' in html
    assert "<bdi>Dana Kowalski</bdi>" in html
    dana.refresh_from_db()
    assert (dana.name, dana.time_zone) == ("Dana Kowalski", "")


def test_the_longest_name_fits(me: Client, dana: User) -> None:
    assert save(me, name="N" * 40).status_code == 302


@pytest.mark.parametrize("texts", [HOSTILE[at : at + 25] for at in range(0, len(HOSTILE), 25)])
def test_hostile_text_is_refused_or_shown_as_text(me: Client, texts: list[str]) -> None:
    for text in texts:
        sent = text.encode(errors="replace").decode()
        for response in (
            me.post("/you/", FIELDS | {"name": sent}, follow=True),
            me.post("/you/", {"name": sent, "team": sent, "time_zone": sent}),
        ):
            assert response.status_code == 200
            html = response.content.decode().lower()
            assert "alert(1)</script>" not in html and "<img src=x" not in html


def test_the_page_links_to_the_password(me: Client, dana: User) -> None:
    assert "/accounts/password/change/" in me.get("/you/").content.decode()
    dana.set_unusable_password()
    dana.save()
    me.force_login(dana)
    html = me.get("/you/").content.decode()
    assert "Choose a password" in html and "Change your password" not in html
    page = me.get("/accounts/password/change/", follow=True)
    assert page.redirect_chain == [("/accounts/password/set/", 302)]
