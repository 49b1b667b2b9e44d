"""Completing names after an @: which people are found, and what is returned of them."""

from typing import Any

import pytest
from django.test import Client

from people.models import Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def person(name: str, **fields: Any) -> User:
    number = User.objects.count()
    return User.objects.create_user(f"somebody{number}@example.com", name=name, **fields)


def found(client: Client, q: str) -> list[str]:
    answer = client.get("/api/people/", {"q": q})
    assert answer.status_code == 200
    return [one["name"] for one in answer.json()["people"]]


def test_a_match_has_id_name_and_team_but_no_address(me: Client, dana: User, team: Team) -> None:
    alone = person("Dan Solo")
    answer = me.get("/api/people/?q=dan")
    assert answer.json() == {
        "people": [
            {"id": alone.pk, "name": "Dan Solo", "team": None},
            {"id": dana.pk, "name": "Dana Kowalski", "team": "Learning Services"},
        ]
    }
    assert "no-store" in answer.headers["Cache-Control"] and "example.com" not in answer.text


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("k", ["Dana Kowalski"]),
        ("KOWALSKI", ["Dana Kowalski"]),
        ("dana k", ["Dana Kowalski"]),
        (" dana  k ", ["Dana Kowalski"]),
        ("owalski", []),
        ("zo", ["Zoë Ångström"]),
        ("ZOË", ["Zoë Ångström"]),
        ("ångs", ["Zoë Ångström"]),
        ("A\u030angs", ["Zoë Ångström"]),
        ("neill", ["Sean O'Neill-Smith"]),
        ("smi", ["Sean O'Neill-Smith"]),
        ("李", ["李小龙"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("\0", []),
        ("dana\0", ["Dana Kowalski"]),
        ("'; DROP TABLE", []),
        (" ", []),
        ("example.com", []),
    ],
)
def test_the_beginning_of_any_word_finds_a_name(me: Client, q: str, names: list[str]) -> None:
    for name in ("Zoë Ångström", "Sean O'Neill-Smith", "李小龙"):
        person(name)
    assert found(me, q) == names


def test_eight_matches_are_returned_first_names_first(me: Client) -> None:
    for number in range(9):
        person(f"Zed Mara {number}")
    person("Mara Zed")
    names = found(me, "mara")
    assert names == ["Mara Zed", *(f"Zed Mara {number}" for number in range(7))]


def test_people_who_may_not_sign_in_are_not_found(me: Client) -> None:
    person("Gone Girl", is_active=False)
    assert found(me, "gone") == []


@pytest.mark.parametrize(("q", "status"), [("", 400), ("x" * 40, 200), ("x" * 41, 400)])
def test_a_beginning_has_one_to_forty_characters(me: Client, q: str, status: int) -> None:
    answer = me.get("/api/people/", {"q": q})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["code"] == "bad_request"


def test_no_beginning_at_all_is_refused(me: Client) -> None:
    assert me.get("/api/people/").status_code == 400


def test_only_signed_in_people_get_an_answer(client: Client, dana: User) -> None:
    answer = client.get("/api/people/?q=dan")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    client.force_login(dana)
    User.objects.filter(pk=dana.pk).update(is_active=False)
    assert client.get("/api/people/?q=dan").status_code == 401


def test_only_get_and_head_are_answered(me: Client) -> None:
    assert me.post("/api/people/?q=dan").status_code == 405
