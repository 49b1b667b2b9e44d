"""Everything that may end a person's sign-ins is reported to the listeners at once."""

from collections.abc import Iterator

import pytest
from django.test import Client

from people.models import User
from people.sign_ins import endings
from tests.conftest import PASSWORD
from tests.people.test_admin import as_sent
from tests.support.clients import signed_in

NEW_PASSWORD = "another fine staple"
NEW = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


@pytest.fixture
def heard(transactional_db: None) -> Iterator[list[int]]:
    """The ids that a listener is called with."""
    heard: list[int] = []
    endings.listeners.append(heard.append)
    yield heard
    endings.listeners.pop()


def test_a_sign_out_is_reported(heard: list[int], dana: User, admin_user: User) -> None:
    signed_in(dana).post("/accounts/logout/")
    signed_in(admin_user).post("/admin/logout/")
    Client().post("/accounts/logout/")
    assert heard == [dana.pk, admin_user.pk]


def test_a_changed_password_is_reported(heard: list[int], dana: User) -> None:
    browser = signed_in(dana)
    browser.post("/accounts/password/change/", {"oldpassword": "wrong", **NEW})
    assert heard == []
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **NEW})
    assert heard == [dana.pk]


def test_an_admins_changes_to_a_sign_in_are_reported(
    heard: list[int], dana: User, admin_user: User
) -> None:
    ada, page = signed_in(admin_user), f"/admin/people/user/{dana.pk}/"
    ada.post(f"{page}change/", as_sent(dana, name="Dana K."))
    assert heard == []
    ada.post(f"{page}password/", NEW)
    ada.post(f"{page}change/", as_sent(dana, is_active=None))
    assert heard == [dana.pk, dana.pk]


def test_a_listener_that_fails_does_not_affect_others(heard: list[int], dana: User) -> None:
    def fail(person_id: int) -> None:
        raise ZeroDivisionError

    endings.listeners.insert(0, fail)
    try:
        assert signed_in(dana).post("/accounts/logout/").status_code == 302
    finally:
        endings.listeners.pop(0)
    assert heard == [dana.pk]
