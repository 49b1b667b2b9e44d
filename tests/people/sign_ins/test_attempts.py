"""Guessing passwords is slow for everybody, and locks only the guesser out."""

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


def test_five_guesses_are_checked_and_the_sixth_is_refused(eve: User) -> None:
    answers = [attempt(Client(), "wrong") for _ in range(6)]
    assert answers == ["wrong"] * 5 + ["wait"]
    assert attempt(Client(), PASSWORD) == "wait"


@pytest.mark.parametrize("host", ["testserver:1234", "TESTSERVER", "testserver.", "testserver:443"])
def test_another_spelling_of_the_host_has_the_same_count(eve: User, host: str) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    answer = Client().post(LOGIN, {"login": eve.email, "password": PASSWORD}, HTTP_HOST=host)
    assert answer.status_code == 400 or "Too many" in answer.content.decode()


@pytest.mark.parametrize("spelling", ["EVE@example.com", " eve@EXAMPLE.com "])
def test_another_spelling_of_the_address_has_the_same_count(eve: User, spelling: str) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    assert attempt(Client(), PASSWORD, spelling) == "wait"


def test_spellings_that_a_database_may_treat_as_equal_count_as_one_address() -> None:
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


def test_many_outsiders_lock_out_new_browsers_but_not_a_known_one(
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


def test_a_known_browser_has_five_guesses_of_its_own(eve: User) -> None:
    own = Client()
    assert attempt(own, PASSWORD) == "in"
    assert [attempt(own, "wrong") for _ in range(6)] == ["wrong"] * 5 + ["wait"]
    assert attempt(Client(), PASSWORD) == "in"


def test_the_cookie_of_another_account_is_ignored(eve: User) -> None:
    open_account(User(email="mal@example.com", name="Mal"), PASSWORD)
    mallory = Client()
    assert attempt(mallory, PASSWORD, "mal@example.com") == "in"
    for _ in range(5):
        attempt(Client(), "wrong")
    assert attempt(mallory, PASSWORD) == "wait"


def test_a_forged_cookie_is_ignored(eve: User) -> None:
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


def test_the_right_password_is_not_counted(eve: User) -> None:
    assert [attempt(Client(), PASSWORD) for _ in range(12)] == ["in"] * 12
    assert all(tally.hits == [] for tally in Tally.objects.all())


def test_a_new_password_resets_the_count(eve: User) -> None:
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


def test_a_new_password_by_an_admin_resets_the_count(eve: User, admin_user: User) -> None:
    for _ in range(5):
        attempt(Client(), "wrong")
    assert attempt(Client(), PASSWORD) == "wait"
    ada = Client()
    ada.force_login(admin_user)
    new = {"password1": "a staple for it", "password2": "a staple for it"}
    assert ada.post(f"/admin/people/user/{eve.pk}/password/", new).status_code == 302
    assert attempt(Client(), "a staple for it") == "in"


def test_others_counts_do_not_push_an_account_out_of_the_cache(eve: User) -> None:
    """Beyond 300 rows Django's database cache would delete the lowest third by key."""
    cache.set("0-first-in-the-alphabet", "kept", timedelta(hours=1).seconds)
    for number in range(400):
        cache.set(f"other-{number}", number, 600)
    assert cache.get("0-first-in-the-alphabet") == "kept"
