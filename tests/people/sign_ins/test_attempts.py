"""Guessing is slow for everybody, and shuts out only the guesser."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from people.accounts.create import open_account
from people.models import Tally, User
from people.sign_ins import attempts
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def eve() -> User:
    return open_account(User(email="eve@example.com", name="Eve Sandberg"), PASSWORD)


def attempt(client: Client, password: str, email: str = "eve@example.com", **more: Any) -> str:
    """ "in", "wrong" or "wait"."""
    answer = client.post(LOGIN, {"login": email, "password": password}, **more)
    if answer.status_code == 302:
        del client.cookies[settings.SESSION_COOKIE_NAME]  # signing out would lose them all
        return "in"
    return "wait" if "Too many" in answer.content.decode() else "wrong"


def from_address(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"203.0.113.{number}"}


def test_five_guesses_are_looked_at_and_the_sixth_waits(eve: User) -> None:
    answers = [attempt(Client(), "wrong") for _ in range(6)]
    assert answers == ["wrong"] * 5 + ["wait"]
    assert attempt(Client(), PASSWORD) == "wait"


@pytest.mark.parametrize("host", ["testserver:1234", "TESTSERVER", "testserver.", "testserver:443"])
def test_another_spelling_of_the_host_opens_no_other_count(eve: User, host: str) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    answer = Client().post(LOGIN, {"login": eve.email, "password": PASSWORD}, HTTP_HOST=host)
    assert answer.status_code == 400 or "Too many" in answer.content.decode()


@pytest.mark.parametrize("spelling", ["EVE@example.com", " eve@EXAMPLE.com "])
def test_another_spelling_of_the_address_opens_no_other_count(eve: User, spelling: str) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    assert attempt(Client(), PASSWORD, spelling) == "wait"


def test_what_a_database_may_take_for_the_same_address_is_counted_as_one() -> None:
    spellings = (
        "jonas@example.com",
        "JONAS@example.com",
        "jona\u017f@example.com",
        "ＪＯnas@example.com",
    )
    assert len({attempts.folded(spelling) for spelling in spellings}) == 1


def test_an_outsider_does_not_lock_the_owner_out(eve: User) -> None:
    for _ in range(20):
        attempt(Client(), "wrong", **from_address(66))
    assert attempt(Client(), PASSWORD, **from_address(66)) == "wait"
    assert attempt(Client(), PASSWORD, **from_address(1)) == "in"


def test_many_outsiders_lock_out_new_browsers_and_not_the_one_that_was_in_before(
    eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 11
    monkeypatch.setattr(attempts, "ANYWHERE", (most, timedelta(hours=1)))
    own = Client()
    assert attempt(own, PASSWORD, **from_address(1)) == "in"
    answers = [attempt(Client(), "wrong", **from_address(10 + at // 5)) for at in range(most + 1)]
    assert answers == ["wrong"] * most + ["wait"]
    assert attempt(Client(), PASSWORD, **from_address(1)) == "wait"
    assert attempt(own, PASSWORD, **from_address(1)) == "in"


def test_a_browser_that_was_in_before_has_five_guesses_of_its_own(eve: User) -> None:
    own = Client()
    assert attempt(own, PASSWORD) == "in"
    assert [attempt(own, "wrong") for _ in range(6)] == ["wrong"] * 5 + ["wait"]
    assert attempt(Client(), PASSWORD) == "in"


def test_the_cookie_of_another_account_is_worth_nothing(eve: User) -> None:
    open_account(User(email="mal@example.com", name="Mal"), PASSWORD)
    mallory = Client()
    assert attempt(mallory, PASSWORD, "mal@example.com") == "in"
    for _ in range(5):
        attempt(Client(), "wrong")
    assert attempt(mallory, PASSWORD) == "wait"


def test_a_forged_cookie_is_worth_nothing(eve: User) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    forger = Client()
    for value in ("", "x", "{}", '{"browser":"1","accounts":["eve@example.com"]}:1:2'):
        forger.cookies[attempts.COOKIE] = value
        assert attempt(forger, PASSWORD) == "wait"


def test_one_address_may_fail_with_many_accounts_only_so_often(
    eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 7
    monkeypatch.setattr(attempts, "OF_AN_ADDRESS", (most, timedelta(minutes=1)))
    failures = [attempt(Client(), "wrong", f"p{at}@example.com") for at in range(most + 1)]
    assert failures == ["wrong"] * most + ["wait"]


def test_the_right_password_counts_against_nothing(eve: User) -> None:
    assert [attempt(Client(), PASSWORD) for _ in range(12)] == ["in"] * 12
    assert all(tally.hits == [] for tally in Tally.objects.all())


def test_a_new_password_ends_the_waiting(eve: User) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    owner = Client()
    owner.force_login(eve)
    fields = {
        "oldpassword": PASSWORD,
        "password1": "a staple for it",
        "password2": "a staple for it",
    }
    assert owner.post("/accounts/password/change/", fields).status_code == 302
    assert attempt(Client(), "a staple for it") == "in"


def test_a_new_password_by_an_admin_ends_the_waiting(eve: User, admin_user: User) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    assert attempt(Client(), PASSWORD) == "wait"
    ada = Client()
    ada.force_login(admin_user)
    new = {"password1": "a staple for it", "password2": "a staple for it"}
    assert ada.post(f"/admin/people/user/{eve.pk}/password/", new).status_code == 302
    assert attempt(Client(), "a staple for it") == "in"


def test_others_counts_do_not_push_an_account_out_of_the_cache(eve: User) -> None:
    """Django's cache in the database throws the lowest third by key away beyond 300 rows."""
    cache.set("0-first-in-the-alphabet", "kept", timedelta(hours=1).seconds)
    for number in range(400):
        cache.set(f"other-{number}", number, 600)
    assert cache.get("0-first-in-the-alphabet") == "kept"
