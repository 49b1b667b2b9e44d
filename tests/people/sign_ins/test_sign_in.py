"""Signing in and out, a forgotten password, and the demo's one-click sign-in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from curation.models import ChatSession
from people.accounts.create import open_account
from people.models import SignUpDomain, Team, User
from talktech.demo import loader
from tests.conftest import PASSWORD
from tests.talktech.hostile import HOSTILE

LOGIN = "/accounts/login/"
NEW_PASSWORD = "a staple for the battery"


@pytest.fixture
def eve(team: Team) -> User:
    """An employee with a confirmed address."""
    return open_account(User(email="eve@example.com", name="Eve Sandberg", team=team), PASSWORD)


def signed_in(client: Client) -> int | None:
    value = client.session.get("_auth_user_id")
    return int(value) if value else None


def test_a_plain_form_post_signs_in(client: Client, eve: User) -> None:
    secured = Client(enforce_csrf_checks=True)
    secured.get(LOGIN)
    token = secured.cookies["csrftoken"].value
    fields = {"login": eve.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    response = secured.post(LOGIN, fields)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in(secured) == eve.pk


def test_the_case_of_the_address_does_not_matter(client: Client, eve: User) -> None:
    client.post(LOGIN, {"login": " EVE@Example.COM ", "password": PASSWORD})
    assert signed_in(client) == eve.pk


def test_a_form_without_its_token_is_refused_in_our_words(eve: User) -> None:
    secured = Client(enforce_csrf_checks=True)
    response = secured.post(LOGIN, {"login": eve.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "Nothing has happened yet" in response.content.decode()
    assert signed_in(secured) is None


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: Client, eve: User
) -> None:
    pages = []
    for address in (eve.email, "eva@example.com"):
        response = client.post(LOGIN, {"login": address, "password": "wrong"})
        assert response.status_code == 200
        html = response.content.decode()
        assert address in html
        html = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", html)
        pages.append(html.replace(address, "…"))
    assert pages[0] == pages[1]
    assert "The email or password is wrong." in pages[0]


def test_after_five_wrong_passwords_the_right_one_is_refused_too(client: Client, eve: User) -> None:
    for _ in range(5):
        client.post(LOGIN, {"login": eve.email, "password": "wrong"})
    response = client.post(LOGIN, {"login": eve.email, "password": PASSWORD})
    assert "Too many attempts. Wait a while, or choose a new password." in response.content.decode()
    assert signed_in(client) is None


def test_a_deactivated_person_is_told_so_and_not_signed_in(client: Client, eve: User) -> None:
    User.objects.filter(pk=eve.pk).update(is_active=False)
    response = client.post(LOGIN, {"login": eve.email, "password": PASSWORD}, follow=True)
    assert "This account is deactivated" in response.content.decode()
    assert signed_in(client) is None


def test_deactivation_ends_a_sign_in_at_once(client: Client, eve: User) -> None:
    client.force_login(eve)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert client.get("/you/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize("wanted", ["/you/", "/live/", "/accounts/password/change/"])
def test_sign_in_leads_on_to_the_page_that_was_wanted(
    client: Client, eve: User, wanted: str
) -> None:
    response = client.post(LOGIN, {"login": eve.email, "password": PASSWORD, "next": wanted})
    assert response["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "///evil.example/",
        "https://evil.example/",
        "http:evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)//http://testserver/",
        "data:text/html,x",
        "https://testserver@evil.example/",
        "https://testserver.evil.example/",
        "\x00//evil.example",
        "http://[x]/",
        "http://[",
    ],
)
def test_sign_in_and_sign_out_lead_to_our_own_pages_only(
    client: Client, eve: User, wanted: str
) -> None:
    response = client.post(LOGIN, {"login": eve.email, "password": PASSWORD, "next": wanted})
    assert response["Location"] == "/"
    assert client.get(LOGIN, {"next": wanted})["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": wanted})["Location"] == "/"


@pytest.mark.parametrize("texts", [HOSTILE[at : at + 25] for at in range(0, len(HOSTILE), 25)])
def test_hostile_text_does_not_sign_in_and_is_shown_as_text(
    client: Client, eve: User, texts: list[str]
) -> None:
    for text in texts:
        sent = text.encode(errors="replace").decode()
        fields = {"login": sent, "password": sent, "next": sent}
        response = client.post(LOGIN, fields)
        assert response.status_code == 200
        html = response.content.decode().lower()
        assert "alert(1)</script>" not in html
        assert "<img src=x" not in html
        assert signed_in(client) is None


def test_sign_out_is_a_form_and_asks_first(client: Client, eve: User) -> None:
    client.force_login(eve)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client) == eve.pk
    client.post("/accounts/logout/")
    assert signed_in(client) is None


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    client: Client, eve: User
) -> None:
    page = client.post("/accounts/password/reset/", {"email": eve.email}, follow=True)
    assert "Check your email" in page.content.decode()
    [letter] = mail.outbox
    assert letter.to == [eve.email] and "!" not in letter.body
    [path] = re.findall(r"http://testserver(/\S+)", str(letter.body))
    form = client.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert (
        "Your password has been changed" in client.post(where, fields, follow=True).content.decode()
    )

    other = Client()
    assert "no longer works" in other.get(path, follow=True).content.decode()
    other.post(LOGIN, {"login": eve.email, "password": PASSWORD})
    assert signed_in(other) is None
    other.post(LOGIN, {"login": eve.email, "password": NEW_PASSWORD})
    assert signed_in(other) == eve.pk


@pytest.mark.parametrize("password", ["short", "12345678901", "password", "eve@example.com"])
def test_a_weak_password_is_refused_beside_its_field(
    client: Client, eve: User, password: str
) -> None:
    client.force_login(eve)
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    response = client.post("/accounts/password/change/", fields)
    assert response.context["form"].errors["password1"]
    eve.refresh_from_db()
    assert eve.check_password(PASSWORD)


def test_a_changed_password_is_told_by_email(client: Client, eve: User) -> None:
    client.force_login(eve)
    client.cookies["tz"] = "Europe/Berlin"
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/password/change/", fields)
    eve.refresh_from_db()
    assert eve.check_password(NEW_PASSWORD)
    [told] = mail.outbox
    assert told.to == [eve.email] and told.subject == "Your password was changed"
    assert re.search(r"on \d+ \w+ \d{4} at \d\d:\d\d CES?T from 127\.0\.0\.1\.", str(told.body))


def test_a_password_that_is_reset_by_link_is_told_by_email(client: Client, eve: User) -> None:
    client.post("/accounts/password/reset/", {"email": eve.email})
    [link] = re.findall(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    page = client.get(link, follow=True)
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(page.redirect_chain[-1][0], form)
    assert mail.outbox[-1].subject == "Your password was changed"
    assert "using a link we emailed you" in mail.outbox[-1].body


def test_a_reset_does_not_tell_who_has_an_account(client: Client, eve: User) -> None:
    pages = []
    for address in (eve.email, "nobody@example.com"):
        response = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        html = response.content.decode()
        pages.append(re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", html))
    assert pages[0] == pages[1]


def test_an_invited_person_of_another_domain_can_reset_their_password(
    client: Client, team: Team
) -> None:
    open_account(User(email="guest@partner.example", name="Guest"), PASSWORD)
    client.post("/accounts/password/reset/", {"email": "guest@partner.example"})
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_an_address_is_changed_by_an_admin_only(client: Client, eve: User) -> None:
    client.force_login(eve)
    response = client.post("/accounts/email/", {"email": "x@y.example", "action_add": ""})
    assert response["Location"] == "/you/"
    assert EmailAddress.objects.filter(user=eve).count() == 1


@pytest.fixture
def demo(db: None) -> ChatSession:
    return loader.load(timezone.now())


def test_one_click_signs_in_to_each_demo_account(client: Client, demo: ChatSession) -> None:
    html = client.get(LOGIN).content.decode()
    people = {}
    for role in ("employee", "curator", "admin"):
        assert f'value="{role}"' in html
        visitor = Client()
        assert visitor.post("/demo/sign-in/", {"role": role})["Location"] == "/"
        people[role] = User.objects.get(pk=signed_in(visitor) or 0)
        assert visitor.get("/").status_code == 200
    assert people["admin"].is_superuser
    assert people["curator"] == demo.curator
    assert not people["employee"].is_staff


def test_a_demo_sign_in_redirects_to_our_own_pages_only(demo: ChatSession) -> None:
    for wanted, leads_to in (("/live/", "/live/"), ("//evil.example", "/"), ("javascript:x", "/")):
        response = Client().post("/demo/sign-in/", {"role": "admin", "next": wanted})
        assert response["Location"] == leads_to


def test_no_other_role_can_be_signed_in_to(client: Client, demo: ChatSession) -> None:
    for role in ("", "root", "ADMIN", "admin\x00", "<b>"):
        assert client.post("/demo/sign-in/", {"role": role}).status_code == 404
    assert client.get("/demo/sign-in/?role=admin").status_code == 405
    assert signed_in(client) is None


def test_one_real_person_ends_the_one_click_sign_in(client: Client, demo: ChatSession) -> None:
    open_account(User(email="real@example.com", name="Real"), PASSWORD)
    assert "/demo/sign-in/" not in client.get(LOGIN).content.decode()
    for role in ("employee", "curator", "admin"):
        assert client.post("/demo/sign-in/", {"role": role}).status_code == 404
    assert signed_in(client) is None


def test_the_first_real_person_ends_every_account_and_session_of_the_demo(
    demo: ChatSession,
) -> None:
    visitor = Client()
    visitor.post("/demo/sign-in/", {"role": "admin"})
    visitor.post("/admin/people/signupdomain/add/", {"domain": "evil.example"})
    fields = {"name": "Mallory", "email": "m@evil.example", "team": ""}
    fields |= {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = visitor.post("/admin/people/user/add/", fields, follow=True)
    assert "belongs to it" in answer.content.decode()
    mallory = Client()
    mallory.post(LOGIN, {"login": "m@evil.example", "password": NEW_PASSWORD})
    assert mallory.get("/you/").status_code == 200 and User.objects.only_simulated()

    call_command("create_user", "--email=real@example.com", "--name=Real", "--admin")
    for client in (visitor, mallory):
        assert client.get("/you/")["Location"].startswith(LOGIN)
        assert client.get("/admin/people/user/").status_code == 302
    mallory.post(LOGIN, {"login": "m@evil.example", "password": NEW_PASSWORD})
    assert signed_in(mallory) is None
    assert not SignUpDomain.objects.exists()
    assert [person.email for person in User.objects.filter(is_active=True)] == ["real@example.com"]
    assert not User.objects.filter(simulated=True, is_staff=True).exists()


def test_a_second_real_person_ends_no_session(demo: ChatSession) -> None:
    ann = open_account(User(email="ann@example.com", name="Ann"), PASSWORD)
    client = Client()
    client.force_login(ann)
    open_account(User(email="ben@example.com", name="Ben"), PASSWORD)
    assert client.get("/you/").status_code == 200


def test_real_people_see_no_one_click_sign_in(client: Client, admin_user: User) -> None:
    assert "/demo/sign-in/" not in client.get(LOGIN).content.decode()
    assert client.post("/demo/sign-in/", {"role": "admin"}).status_code == 404


def test_failures_count_per_account_whatever_the_host_is_written_like(
    client: Client, dana: User
) -> None:
    for port in range(1, 6):
        fields = {"login": dana.email.upper() if port % 2 else dana.email, "password": "wrong"}
        client.post("/accounts/login/", fields, HTTP_HOST=f"testserver:{port}")
    fields = {"login": dana.email, "password": PASSWORD}
    response = client.post("/accounts/login/", fields, HTTP_HOST="testserver:6")
    assert response.status_code == 200 and "Too many" in response.content.decode()
