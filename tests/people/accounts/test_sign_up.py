"""Sign-up, from the form to the code sent by email."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from people.models import SignUpDomain, User
from tests.conftest import PASSWORD
from tests.talktech.hostile import HOSTILE

SIGN_UP = "/accounts/signup/"
FIELDS = {"name": "Eve Sandberg", "email": "eve@example.com", "password1": PASSWORD}


@pytest.fixture
def domain(admin_user: User) -> SignUpDomain:
    return SignUpDomain.objects.create(domain="example.com")


def sign_up(client: Client, **fields: Any) -> Any:
    return client.post(SIGN_UP, FIELDS | fields)


def code_in_mail() -> str:
    [code] = re.findall(r"^[A-Z0-9]+(?:-[A-Z0-9]+)*$", str(mail.outbox[-1].body), re.MULTILINE)
    return str(code)


def test_sign_up_is_closed_until_an_admin_allows_a_domain(client: Client, admin_user: User) -> None:
    assert "Sign-up is closed" in client.get(SIGN_UP).content.decode()
    assert "Sign-up is closed" in sign_up(client).content.decode()
    assert SIGN_UP not in client.get("/accounts/login/").content.decode()
    assert not User.objects.filter(email="eve@example.com").exists()


def test_a_code_sent_by_mail_proves_the_address(client: Client, domain: SignUpDomain) -> None:
    assert SIGN_UP in client.get("/accounts/login/").content.decode()
    page = client.post(SIGN_UP, FIELDS | {"name": " Eve   Sandberg "}, follow=True)
    assert "Enter the code" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert mail.outbox[0].to == ["eve@example.com"]
    where = page.redirect_chain[-1][0]

    wrong = client.post(where, {"code": "WRONG-1"})
    assert "not the code" in wrong.content.decode()
    assert client.post(where, {"code": code_in_mail()})["Location"] == "/"
    eve = User.objects.get(email="eve@example.com")
    assert client.session["_auth_user_id"] == str(eve.pk)
    assert eve.name == "Eve Sandberg"
    assert not (eve.is_staff or eve.is_superuser or eve.simulated)


def test_without_the_code_nobody_is_signed_in(client: Client, domain: SignUpDomain) -> None:
    sign_up(client)
    other = Client()
    other.post("/accounts/login/", {"login": FIELDS["email"], "password": PASSWORD})
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize(
    "address",
    [
        "eve@example.org",
        "eve@mail.example.com",
        "eve@example.com.evil.example",
        "eve@notexample.com",
        "eve@example.co",
        "eve@еxample.com",  # the first letter is Cyrillic
        "eve@example.com.",
        "eve@example.com@evil.example",
        '"eve@example.com"@evil.example',
        "eve@[127.0.0.1]",
        "eve",
        "",
    ],
)
def test_other_domains_are_refused_at_the_field(
    client: Client, domain: SignUpDomain, address: str
) -> None:
    response = sign_up(client, email=address)
    assert response.context["form"].errors["email"]
    assert "Eve Sandberg" in response.content.decode()
    assert User.objects.count() == 1 and not mail.outbox


@pytest.mark.parametrize("address", ["Eve@Example.COM", "EVE@EXAMPLE.COM", " eve@example.com "])
def test_the_case_of_an_address_does_not_matter(
    client: Client, domain: SignUpDomain, address: str
) -> None:
    assert sign_up(client, email=address).status_code == 302
    assert User.objects.filter(email="eve@example.com").exists()


def test_nobody_learns_that_an_address_has_an_account(
    client: Client, domain: SignUpDomain, admin_user: User
) -> None:
    pages = []
    for address in ("new@example.com", admin_user.email):
        page = Client().post(SIGN_UP, FIELDS | {"email": address}, follow=True)
        html = re.sub(
            r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", page.content.decode()
        )
        pages.append((page.redirect_chain, html.replace(address, "…")))
    assert pages[0] == pages[1]
    assert mail.outbox[-1].to == [admin_user.email]
    assert "already has an account" in mail.outbox[-1].body
    admin_user.refresh_from_db()
    assert admin_user.name == "Ada Admin" and admin_user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "value", "stands"),
    [
        ("name", "N" * 40, True),
        ("name", "N" * 41, False),
        ("name", "Zoe\u0308" + "e\u0308" * 37, True),  # 40 once composed
        ("name", "e\u0308" * 41, False),
        ("name", "e\u0301" * 200_000, False),
        ("name", "", False),
        ("name", "   ", False),
        ("name", "42", False),
        ("name", "Eve\x00", False),
        ("name", "Eve\u202egpj", False),
        ("name", "Eve\u200b", False),
        ("email", "e" * 242 + "@example.com", True),  # 254
        ("email", "e" * 243 + "@example.com", False),
        ("email", "e\x00@example.com", False),
        ("password1", "k7#wq2!", False),
        ("password1", "k7#wq2!z", True),
        ("password1", "correct\x00horse", False),
        ("password1", "123456789012", False),
        ("password1", "", False),
    ],
)
def test_each_field_accepts_valid_input_only(
    client: Client, domain: SignUpDomain, field: str, value: str, stands: bool
) -> None:
    response = sign_up(client, **{field: value})
    assert (response.status_code == 302) is stands
    assert User.objects.filter(is_superuser=False).exists() is stands
    if not stands:
        assert response.status_code == 200
        assert response.context["form"].errors[field]


@pytest.mark.parametrize("texts", [HOSTILE[at : at + 25] for at in range(0, len(HOSTILE), 25)])
def test_hostile_text_is_refused_or_shown_as_text(
    client: Client, domain: SignUpDomain, texts: list[str]
) -> None:
    for text in texts:
        sent = text.encode(errors="replace").decode()
        response = client.post(SIGN_UP, FIELDS | {"name": sent})
        html = response.content.decode().lower()
        assert "alert(1)</script>" not in html and "<img src=x" not in html
        made = User.objects.filter(is_superuser=False).first()
        if made:
            client.force_login(made)
            html = client.get("/you/").content.decode().lower()
            assert "alert(1)</script>" not in html and "<img src=x" not in html
            made.delete()
            client.logout()
        response = client.post(SIGN_UP, FIELDS | {"email": sent, "password1": sent, "next": sent})
        assert response.status_code in (200, 302)


def test_a_sign_up_in_a_demo_belongs_to_the_demo(client: Client, domain: SignUpDomain) -> None:
    User.objects.update(simulated=True)
    sign_up(client)
    assert User.objects.get(email="eve@example.com").simulated
    assert User.objects.only_simulated()
