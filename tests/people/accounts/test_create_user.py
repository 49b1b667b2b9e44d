"""`manage.py create_user`, which scripts outside the project rely on."""

import re
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from curation.rota.curators import curators_group
from people.models import Team, User

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_user", *arguments, stdout=out)
    return out.getvalue()


def test_a_person_with_a_password_can_sign_in_at_once(client: Client) -> None:
    create("--email=Dana@Example.com", "--name=Dana Kowalski", "--password=correct horse battery")
    response = client.post(
        "/accounts/login/", {"login": "dana@example.com", "password": "correct horse battery"}
    )
    assert (response.status_code, response["Location"]) == (302, "/")
    assert EmailAddress.objects.get().verified


def test_without_a_password_one_is_printed(client: Client) -> None:
    printed = create("--email=dana@example.com", "--name=Dana")
    found = re.search(r"^password=(\S{12,})$", printed, re.MULTILINE)
    assert found
    response = client.post("/accounts/login/", {"login": "dana@example.com", "password": found[1]})
    assert response.status_code == 302
    assert f"id={User.objects.get().pk}\n" in printed


def test_team_and_roles_are_given() -> None:
    Team.objects.create(name="Platform")
    create("--email=a@example.com", "--name=A", "--password=x", "--team=Platform", "--curator")
    create("--email=b@example.com", "--name=B", "--password=x", "--team=New team", "--admin")
    curator, admin = User.objects.order_by("email")
    assert curator.team == Team.objects.get(name="Platform")
    assert curator.groups.get() == curators_group()
    assert (curator.is_staff, curator.is_superuser) == (True, False)
    assert (admin.is_staff, admin.is_superuser) == (True, True)
    assert Team.objects.count() == 2


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("nowhere", "Dana"),
        ("", "Dana"),
        ("x@example.com", ""),
        ("x@example.com", "x" * 41),
        ("x@example.com", "\u202eDana"),
        ("DANA@example.com", "Another Dana"),
    ],
)
def test_invalid_input_is_refused_with_a_sentence(email: str, name: str) -> None:
    create("--email=dana@example.com", "--name=Dana")
    with pytest.raises(CommandError, match=r"\w"):
        create(f"--email={email}", f"--name={name}")
    assert User.objects.count() == 1


@pytest.mark.parametrize("team", ["T" * 61, "Team\u202e", "42", "Team\x00", "\udcff"])
def test_a_team_has_a_visible_name_of_its_own(team: str) -> None:
    with pytest.raises(CommandError, match="team"):
        create("--email=dana@example.com", "--name=Dana", f"--team={team}")
    assert not User.objects.exists() and not Team.objects.exists()


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(CommandError, match="password"):
        create("--email=dana@example.com", "--name=Dana", "--password=")
    assert not User.objects.exists()


def test_the_command_reports_a_taken_address() -> None:
    create("--email=dana@example.com", "--name=Dana")
    with pytest.raises(CommandError, match="This address already has an account"):
        create("--email=Dana@Example.com", "--name=Dana")
