"""An unconfirmed sign-up is not a person: it is shown nowhere, and is deleted after a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from chat.mentions import find
from curation.models import ChatSession
from people.accounts import email_limits, sign_up
from people.accounts.create import open_account
from people.models import SignUpDomain, User
from tests.conftest import PASSWORD
from tests.people.accounts.test_sign_up import FIELDS, SIGN_UP, code_in_mail

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
NEW_PASSWORD = "a staple for the battery"


@pytest.fixture
def ada(admin_user: User) -> Client:
    SignUpDomain.objects.create(domain="example.com")
    client = Client()
    client.force_login(admin_user)
    return client


def come(name: str, email: str, client: Client | None = None, **more: Any) -> Any:
    fields = FIELDS | {"name": name, "email": email}
    return (client or Client()).post(SIGN_UP, fields, follow=True, **more)


def names_offered(client: Client) -> list[str]:
    return [one["name"] for one in client.get("/api/people/?q=dana").json()["people"]]


def test_unconfirmed_strangers_do_not_push_a_colleague_out_of_the_list(
    ada: Client, session: ChatSession, dana: User
) -> None:
    for number in range(9):
        come("Dana Kowalski", f"dana{number}@example.com")
    assert names_offered(ada) == ["Dana Kowalski"]
    [named] = find.find_mentions(session.pk, ["@Dana Kowalski"])
    assert named.people == [dana.pk]
    listed = ada.get("/admin/people/user/?q=dana").context["cl"].result_list
    assert [person.pk for person in listed] == [dana.pk]


def test_entering_the_code_makes_a_sign_up_a_person(ada: Client, session: ChatSession) -> None:
    newcomer = Client()
    page = come("Dana Kowalski", "dana@example.com", newcomer)
    assert names_offered(ada) == []
    newcomer.post(page.redirect_chain[-1][0], {"code": code_in_mail()})
    assert names_offered(ada) == ["Dana Kowalski"]


def test_a_later_sign_up_with_the_same_address_replaces_the_first(ada: Client) -> None:
    squatter, owner = Client(), Client()
    old = come("Silly Name", "dana@example.com", squatter).redirect_chain[-1][0]
    code_of_the_squatter = code_in_mail()
    page = come("Dana Kowalski", "dana@example.com", owner).redirect_chain[-1][0]
    squatter.post(old, {"code": code_of_the_squatter})
    assert "_auth_user_id" not in squatter.session
    assert owner.post(page, {"code": code_in_mail()})["Location"] == "/"
    assert User.objects.get(email="dana@example.com").name == "Dana Kowalski"


def test_an_admin_may_add_somebody_whose_address_a_stranger_typed(ada: Client) -> None:
    come("Silly Name", "dana@example.com")
    fields = {"name": "Dana Kowalski", "email": "dana@example.com", "team": ""}
    fields |= {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert ada.post("/admin/people/user/add/", fields).status_code == 302
    assert User.objects.get(email="dana@example.com").is_confirmed


def test_an_unconfirmed_sign_up_is_deleted_after_a_day(ada: Client) -> None:
    come("Dana Kowalski", "dana@example.com")
    day = timedelta(days=1)
    joined = User.objects.get(email="dana@example.com").joined_at
    assert sign_up.delete_expired(joined + day) == 0
    assert sign_up.delete_expired(joined + day + timedelta(seconds=1)) == 1
    assert User.objects.count() == 1
    assert sign_up.delete_expired(timezone.now() + 9 * day) == 0


def test_a_sign_up_stays_while_a_new_code_for_it_is_valid(ada: Client) -> None:
    come("Dana Kowalski", "dana@example.com")
    User.objects.filter(is_confirmed=False).update(joined_at=timezone.now() - timedelta(days=2))
    sent_at = timezone.now()
    email_limits.count_email(seen_from(1), "dana@example.com", sent_at)
    assert sign_up.delete_expired(sent_at + timedelta(minutes=9, seconds=59)) == 0
    assert sign_up.delete_expired(sent_at + timedelta(minutes=10)) == 1


def test_the_right_code_for_a_deleted_sign_up_leads_to_a_new_one(ada: Client) -> None:
    newcomer = Client()
    where = come("Dana Kowalski", "dana@example.com", newcomer).redirect_chain[-1][0]
    User.objects.filter(is_confirmed=False).delete()
    assert "no longer valid" not in newcomer.get(where).content.decode()
    assert "not the code" in newcomer.post(where, {"code": "WRONG-1"}).content.decode()
    page = newcomer.post(where, {"code": code_in_mail()}, follow=True)
    assert page.redirect_chain == [(SIGN_UP, 302)]
    assert "This sign-up is no longer valid. Sign up again." in page.content.decode()
    assert newcomer.get(where)["Location"] == LOGIN  # nothing is left of it


def test_the_right_code_reports_that_the_address_has_got_an_account(ada: Client) -> None:
    newcomer = Client()
    where = come("Dana Kowalski", "dana@example.com", newcomer).redirect_chain[-1][0]
    open_account(User(email="dana@example.com", name="Dana Kowalski"), PASSWORD)
    page = newcomer.post(where, {"code": code_in_mail()})
    assert "This sign-up is no longer valid. Sign up again." in page.content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_the_third_wrong_code_ends_with_a_message(ada: Client, known: bool) -> None:
    if known:
        open_account(User(email="eve@example.com", name="Eve"), PASSWORD)
    newcomer = Client()
    where = come("Eve", "eve@example.com", newcomer).redirect_chain[-1][0]
    for _ in range(2):
        assert "not the code" in newcomer.post(where, {"code": "WRONG-1"}).content.decode()
    page = newcomer.post(where, {"code": "WRONG-1"}, follow=True)
    assert page.redirect_chain == [(LOGIN, 302)]
    assert "third wrong code" in page.content.decode()


def test_sign_up_hashes_a_password_with_and_without_an_account(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing takes most of the time, so without it the time would show who has an account."""
    open_account(User(email="known@example.com", name="Known"), PASSWORD)
    hashed: list[str | None] = []
    set_password = User.set_password

    def counted(person: User, password: str | None) -> None:
        hashed.append(person.email)
        set_password(person, password)

    monkeypatch.setattr(User, "set_password", counted)
    come("Known", "known@example.com")
    come("Unknown", "unknown@example.com")
    assert len(hashed) == 2


def seen_from(number: int) -> HttpRequest:
    return RequestFactory().get("/", REMOTE_ADDR=f"203.0.113.{number}")


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("path", [SIGN_UP, RESET])
def test_one_place_asks_for_three_emails_an_hour_to_an_address(
    ada: Client, path: str, known: bool
) -> None:
    if known:
        open_account(User(email="eve@example.com", name="Eve"), PASSWORD)
    pages = [Client().post(path, FIELDS, follow=True) for at in range(5)]
    assert len(mail.outbox) == 3
    refused = [
        page.context["form"].errors.get("email") for page in pages if page.context.get("form")
    ]
    assert [bool(one) for one in refused[-2:]] == [True, True]
    sentence = pages[-1].content.decode()
    assert "several emails" in sentence
    assert ("Use the latest one" in sentence) is (path == RESET)  # a code may be a stranger's


@pytest.mark.parametrize(("before", "sent"), [(9, True), (10, False)])
def test_all_places_ask_for_ten_emails_an_hour_to_an_address(
    ada: Client, before: int, sent: bool
) -> None:
    for number in range(before):
        assert email_limits.count_email(seen_from(number), "eve@example.com", timezone.now())
    Client().post(RESET, {"email": "eve@example.com"})
    assert bool(mail.outbox) is sent


def test_a_stranger_does_not_keep_a_newcomer_out(ada: Client) -> None:
    for _ in range(4):
        come("Silly Name", "eve@example.com", REMOTE_ADDR="203.0.113.66")
    newcomer = Client()
    where = come("Eve", "eve@example.com", newcomer).redirect_chain[-1][0]
    assert newcomer.post(where, {"code": code_in_mail()})["Location"] == "/"


def test_asking_for_the_code_again_is_counted_too(ada: Client) -> None:
    newcomer = Client()
    where = come("Eve", "eve@example.com", newcomer).redirect_chain[-1][0]
    for _ in range(2):
        Client().post(RESET, {"email": "eve@example.com"})
    assert len(mail.outbox) == 3
    newcomer.post(where, {"action": "resend"})
    signing_in = Client().post(LOGIN, {"login": "eve@example.com", "password": PASSWORD})
    assert signing_in.status_code in (200, 429)
    assert len(mail.outbox) == 3
    assert newcomer.post(where, {"code": code_of(0)})["Location"] == "/"


def code_of(number: int) -> str:
    mail.outbox[:] = mail.outbox[: number + 1]
    return code_in_mail()


def test_a_notice_of_a_change_is_always_sent_to_the_owner(ada: Client) -> None:
    eve = open_account(User(email="eve@example.com", name="Eve"), PASSWORD)
    for number in range(10):
        email_limits.count_email(seen_from(number), eve.email, timezone.now())
    owner = Client()
    owner.force_login(eve)
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    owner.post("/accounts/password/change/", fields)
    assert User.objects.get(pk=eve.pk).check_password(NEW_PASSWORD)
