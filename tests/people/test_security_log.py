"""The security log records who did what from where, a line of JSON each, and no secrets."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from people import security_log
from people.accounts.create import open_account
from people.models import SignUpDomain, User
from tests.conftest import PASSWORD
from tests.people.accounts.test_sign_up import FIELDS, SIGN_UP, code_in_mail

LOGIN = "/accounts/login/"
NEW_PASSWORD = "a staple for the battery"
pytestmark = pytest.mark.django_db

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    """The lines written since the last call."""
    caplog.set_level(logging.INFO, "talktech.security")
    security_log.log.addHandler(caplog.handler)

    def written() -> list[dict[str, Any]]:
        found = [json.loads(record.getMessage()) for record in caplog.records]
        caplog.clear()
        return found

    yield written
    security_log.log.removeHandler(caplog.handler)


@pytest.fixture
def eve() -> User:
    return open_account(User(email="eve@example.com", name="Eve Sandberg"), PASSWORD)


def test_sign_ins_failures_and_sign_outs_are_lines(eve: User, lines: Lines) -> None:
    lines()
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.post(LOGIN, {"login": eve.email, "password": "wrong"})
    client.post(LOGIN, {"login": eve.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    for _ in range(5):
        client.post(LOGIN, {"login": "nobody@example.com", "password": "wrong"})
    client.post(LOGIN, {"login": "nobody@example.com", "password": "wrong"})
    found = lines()
    assert [(line["event"], line["who"]) for line in found] == [
        ("sign_in_failed", None),
        ("sign_in", eve.pk),
        ("sign_out", eve.pk),
        *[("sign_in_failed", None)] * 5,
        ("sign_in_locked", None),
    ]
    assert found[0]["account"] == eve.email
    assert {line["from"] for line in found} == {"203.0.113.9"}
    assert all(line["at"].endswith("Z") for line in found)
    assert PASSWORD not in json.dumps(found) and "wrong" not in json.dumps(found)


def test_a_password_that_its_owner_changes_is_a_line(eve: User, lines: Lines) -> None:
    client = Client()
    client.force_login(eve)
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    lines()
    client.post("/accounts/password/change/", fields)
    [line] = lines()
    assert (line["event"], line["who"], line["account"]) == ("password_changed", eve.pk, eve.pk)


def test_what_an_admin_does_to_an_account_is_a_line(
    eve: User, admin_user: User, lines: Lines
) -> None:
    ada = Client()
    ada.force_login(admin_user)
    lines()
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    ada.post(f"/admin/people/user/{eve.pk}/password/", fields)
    ada.post("/admin/people/signupdomain/add/", {"domain": "example.com"})
    found = lines()
    assert [line["event"] for line in found] == ["password_set", "domain_allowed"]
    assert found[0]["account"] == eve.pk
    assert {line["who"] for line in found} == {admin_user.pk}


def test_a_new_name_is_a_line_that_says_where_from(eve: User, lines: Lines) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.force_login(eve)
    lines()
    client.post("/you/", {"name": "Eve S.", "team": "", "time_zone": ""})
    [line] = lines()
    assert (line["event"], line["who"], line["from"]) == ("renamed", eve.pk, "203.0.113.9")


def test_a_refused_page_is_a_line_without_its_query(eve: User, lines: Lines) -> None:
    client = Client()
    client.force_login(eve)
    lines()
    assert client.get("/admin/people/user/?q=secret", follow=True).status_code == 403
    [line] = lines()
    assert (line["event"], line["who"], line["path"]) == (
        "page_refused",
        eve.pk,
        "/admin/people/user/",
    )


def test_a_new_colleague_is_a_line(admin_user: User, lines: Lines) -> None:
    SignUpDomain.objects.create(domain="example.com")
    client = Client()
    page = client.post(SIGN_UP, FIELDS, follow=True)
    lines()
    client.post(page.redirect_chain[-1][0], {"code": code_in_mail()})
    pk = User.objects.get(email=FIELDS["email"]).pk
    found = [(line["event"], line.get("account")) for line in lines()]
    assert found == [("person_confirmed", pk), ("sign_in", None)]


@pytest.mark.parametrize("text", ["a\nb", "a\r\n{}", "\u2028", "\x1b[31m", "\udcff"])
def test_no_text_breaks_out_of_its_line(lines: Lines, text: str) -> None:
    security_log.write_event("test", who=1, account=text)
    [line] = lines()
    assert line["account"] == text
