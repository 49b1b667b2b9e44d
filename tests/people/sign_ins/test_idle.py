"""A sign-in ends when it has not been used for ten days, and after thirty in any case."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from people import duties
from people.accounts.create import open_account
from people.models import User
from people.sign_ins import idle
from tests.conftest import PASSWORD, THURSDAY

LOGIN = "/accounts/login/"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def eve() -> User:
    return open_account(User(email="eve@example.com", name="Eve Sandberg"), PASSWORD)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The instant that Django and the middleware use as now."""
    shown = [THURSDAY]
    monkeypatch.setattr(timezone, "now", lambda: shown[0])
    return shown


def is_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


def sign_in(client: Client, person: User) -> Client:
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    return client


def test_weekly_visits_keep_a_sign_in_for_thirty_days(eve: User, clock: list[datetime]) -> None:
    client = sign_in(Client(), eve)
    for week in range(5):
        clock[0] = THURSDAY + 7 * week * DAY
        assert is_in(client)
    clock[0] = THURSDAY + 30 * DAY - SECOND
    assert is_in(client)
    clock[0] = THURSDAY + 30 * DAY
    assert not is_in(client)


def test_ten_days_without_a_page_end_a_sign_in_for_the_room_too(
    eve: User, clock: list[datetime]
) -> None:
    client = sign_in(Client(), eve)
    assert is_in(client)
    assert Session.objects.get().expire_date == THURSDAY + 10 * DAY
    clock[0] = THURSDAY + 10 * DAY + SECOND
    assert not is_in(client)


def test_the_last_renewal_reaches_no_further_than_thirty_days(
    eve: User, clock: list[datetime]
) -> None:
    client = sign_in(Client(), eve)
    for day in (9, 18, 27):
        clock[0] = THURSDAY + day * DAY
        assert is_in(client)
    assert Session.objects.get().expire_date == THURSDAY + 30 * DAY


def test_pages_within_an_hour_write_nothing(eve: User, clock: list[datetime]) -> None:
    client = sign_in(Client(), eve)
    assert is_in(client)
    kept = client.session[idle.SEEN]
    clock[0] = THURSDAY + idle.RENEW_EVERY - SECOND
    assert is_in(client) and client.session[idle.SEEN] == kept
    clock[0] = THURSDAY + idle.RENEW_EVERY
    assert is_in(client) and client.session[idle.SEEN] > kept


def test_a_new_sign_in_counts_from_its_own_beginning(eve: User, clock: list[datetime]) -> None:
    client = sign_in(Client(), eve)
    assert is_in(client)
    clock[0] = THURSDAY + 9 * DAY
    client.post("/accounts/logout/")
    sign_in(client, eve)
    assert is_in(client)
    assert client.session[idle.SINCE] == clock[0].timestamp()


def test_a_link_for_a_new_password_works_for_an_hour(
    eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    Client().post("/accounts/password/reset/", {"email": eve.email})
    path = str(mail.outbox[0].body).split("http://testserver")[1].split()[0]

    def page_in(time: timedelta) -> str:
        later = datetime.now() + time  # noqa: DTZ005 (as Django's own clock of tokens)
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _: later)
        return Client().get(path, follow=True).content.decode()

    assert "no longer works" not in page_in(timedelta(minutes=59))
    assert "no longer works" in page_in(timedelta(minutes=61))


def do_duties(now: datetime) -> None:
    for _, do in duties.due(now, now):
        do()


def test_a_printed_password_ends_after_a_week(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_user", "--email=dana@example.com", "--name=Dana")
    printed = capsys.readouterr().out.split("password=")[1].split()[0]
    client = Client()
    assert client.post(LOGIN, {"login": "dana@example.com", "password": printed})["Location"] == "/"
    assert "was made for you" in client.get("/you/").content.decode()
    do_duties(timezone.now() + 7 * DAY - timedelta(minutes=1))
    assert is_in(client)
    do_duties(timezone.now() + 7 * DAY + SECOND)
    assert not is_in(client)
    assert not User.objects.get().has_usable_password()


def test_a_chosen_password_stays_valid(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_user", "--email=dana@example.com", "--name=Dana")
    printed = capsys.readouterr().out.split("password=")[1].split()[0]
    client = Client()
    client.post(LOGIN, {"login": "dana@example.com", "password": printed})
    fields = {
        "oldpassword": printed,
        "password1": "a staple for it",
        "password2": "a staple for it",
    }
    client.post("/accounts/password/change/", fields)
    do_duties(timezone.now() + 8 * DAY)
    assert is_in(client)
    assert "was made for you" not in client.get("/you/").content.decode()


def test_a_printed_password_ends_once_and_never_a_new_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = timezone.now() + 8 * DAY
    call_command("create_user", "--email=dana@example.com", "--name=Dana")
    dana = User.objects.get()
    end = User.set_unusable_password

    def chosen_meanwhile(person: User) -> None:
        dana.set_password("a staple for it")
        dana.save()
        end(person)

    with monkeypatch.context() as patch:
        patch.setattr(User, "set_unusable_password", chosen_meanwhile)
        assert duties.end_printed_passwords(late) == 0
    assert User.objects.get().check_password("a staple for it")
    User.objects.update(password_until=timezone.now())
    assert [duties.end_printed_passwords(late) for _ in range(2)] == [1, 0]


def test_a_page_is_shown_even_if_its_sign_in_cannot_be_renewed(
    eve: User, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fail-over may turn the database read-only, and pages only read."""
    client = sign_in(Client(), eve)
    clock[0] = THURSDAY + DAY
    asked = []

    def read_only(self: SessionStore, must_create: bool = False) -> None:
        asked.append(self)
        raise OperationalError("cannot execute UPDATE in a read-only transaction")

    monkeypatch.setattr(SessionStore, "save", read_only)
    assert is_in(client) and len(asked) == 1
