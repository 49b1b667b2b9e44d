"""People in the admin: who may change what, and what the audit log records."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from curation.rota.curators import curators_group, make_curator
from people.accounts.create import open_account
from people.models import AuditEntry, SignUpDomain, Team, User
from tests.conftest import PASSWORD
from tests.support.clients import signed_in

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/people/user/"
EVENING = datetime(2026, 11, 25, 21, 25, tzinfo=UTC)


@pytest.fixture
def ada(admin_user: User) -> Client:
    """The admin's browser."""
    return signed_in(admin_user)


@pytest.fixture
def keeper(team: Team) -> User:
    """A person who may change people, but is not an admin."""
    person = User.objects.create_user("kim@example.com", PASSWORD, name="Kim", is_staff=True)
    person.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="people", codename__in=("view_user", "change_user", "add_user")
        )
    )
    return person


def new_person(**changes: str) -> dict[str, str]:
    return {
        "name": "Nora New",
        "email": "Nora@Example.com",
        "password1": "a long pass phrase",
        "password2": "a long pass phrase",
    } | changes


def as_sent(person: User, **changes: object) -> dict[str, object]:
    """The fields that the page of that person sends if nothing is changed."""
    sent: dict[str, object] = {
        "name": person.name,
        "email": person.email,
        "team": person.team_id or "",
        "time_zone": person.time_zone,
        "groups": [group.pk for group in person.groups.all()],
    }
    for name in ("is_active", "is_superuser"):
        if getattr(person, name):
            sent[name] = "on"
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def test_a_new_person_can_sign_in_at_once(ada: Client, client: Client, team: Team) -> None:
    answer = ada.post(f"{PEOPLE}add/", new_person(team=str(team.pk)))
    assert answer.status_code == 302
    nora = User.objects.get(email="nora@example.com")
    assert (nora.name, nora.team, nora.is_staff, nora.is_superuser) == (
        "Nora New",
        team,
        False,
        False,
    )
    address = EmailAddress.objects.get(user=nora)
    assert (address.email, address.verified, address.primary) == ("nora@example.com", True, True)
    answer = client.post(
        "/accounts/login/", {"login": "nora@example.com", "password": "a long pass phrase"}
    )
    assert answer.status_code == 302 and "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "", "This field is required"),
        ("name", "x" * 41, "1 to 40 characters"),
        ("name", "\u202eturned", "visible characters only"),
        ("name", "12345", "at least one letter"),
        ("name", "a\x00b", "Null characters are not allowed"),
        ("email", "nora", "valid email address"),
        ("email", "DANA@example.com", "already has an account"),
        ("email", "nora@example.com\nbcc: all@example.com", "valid email address"),
        ("team", "999999", "Select a valid choice"),
        ("password1", "short", "too short"),
        ("password1", "12345678901", "entirely numeric"),
    ],
)
def test_bad_input_about_a_person_is_refused_at_its_field(
    ada: Client, dana: User, field: str, text: str, sentence: str
) -> None:
    sent = new_person(**{field: text})
    if field == "password1":
        sent["password2"] = text
    before = User.objects.count()
    answer = ada.post(f"{PEOPLE}add/", sent)
    assert answer.status_code == 200 and sentence in answer.content.decode()
    assert User.objects.count() == before


def test_markup_in_a_name_is_shown_as_text(ada: Client) -> None:
    ada.post(f"{PEOPLE}add/", new_person(name="<b onclick=x>Nora</b>"))
    html = ada.get(PEOPLE).content.decode()
    assert "<b onclick" not in html and "&lt;b onclick" in html


def test_a_new_address_replaces_the_old_one(ada: Client, dana: User) -> None:
    EmailAddress.objects.create(user=dana, email=dana.email, verified=True, primary=True)
    answer = ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, email="Dana.K@example.com"))
    assert answer.status_code == 302
    address = EmailAddress.objects.get(user=dana)
    assert (address.email, address.verified) == ("dana.k@example.com", True)


def test_the_address_of_somebody_else_is_refused(ada: Client, dana: User, jonas: User) -> None:
    EmailAddress.objects.create(user=jonas, email="jonas.second@example.com", verified=True)
    for taken in ("JONAS@example.com", "jonas.second@example.com"):
        answer = ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, email=taken))
        assert "already has an account" in answer.content.decode()


def test_deactivation_signs_a_person_out_and_is_recorded(
    ada: Client, admin_user: User, dana: User
) -> None:
    browser = signed_in(dana)
    assert browser.get("/").status_code == 200
    ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, is_active=None))
    assert browser.get("/").status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == (admin_user, "can no longer sign in")
    assert "dana@example.com" in entry.subject


def test_a_change_of_team_is_not_in_the_audit_log(ada: Client, dana: User) -> None:
    assert ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, team="")).status_code == 302
    assert not AuditEntry.objects.exists()


def test_changes_of_name_address_and_rights_are_in_the_audit_log(
    ada: Client, dana: User, admin_user: User
) -> None:
    page = f"{PEOPLE}{dana.pk}/change/"
    ada.post(
        page, as_sent(dana, name="Dana K.", email="dk@example.com", groups=[curators_group().pk])
    )
    dana.refresh_from_db()
    ada.post(page, as_sent(dana, groups=[]))
    passwords = {"password1": "a staple for it", "password2": "a staple for it"}
    ada.post(f"{PEOPLE}{dana.pk}/password/", passwords)
    new = {"name": "New Colleague", "email": "new@example.com", "team": ""}
    ada.post(f"{PEOPLE}add/", new | passwords)
    ada.post("/admin/people/signupdomain/add/", {"domain": "example.com"})
    domain = SignUpDomain.objects.get()
    ada.post(f"/admin/people/signupdomain/{domain.pk}/delete/", {"post": "yes"})

    entries = AuditEntry.objects.order_by("pk")
    assert all(entry.actor == admin_user for entry in entries)
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("is a curator", "Dana K. <dk@example.com>"),
        ("changed an email address", "Dana K. <dana@example.com> → dk@example.com"),
        ("changed a name", "Dana Kowalski → Dana K. <dk@example.com>"),
        ("is no longer a curator", "Dana K. <dk@example.com>"),
        ("set a password", "Dana K. <dk@example.com>"),
        ("added a person", "New Colleague <new@example.com>"),
        ("opened sign-up for", "@example.com"),
        ("closed sign-up for", "@example.com"),
    ]


def test_an_admin_makes_a_curator_and_an_admin(ada: Client, dana: User, jonas: User) -> None:
    ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, groups=[curators_group().pk]))
    ada.post(f"{PEOPLE}{jonas.pk}/change/", as_sent(jonas, is_superuser="on"))
    dana.refresh_from_db()
    jonas.refresh_from_db()
    assert dana.is_staff and not dana.is_superuser
    assert jonas.is_staff and jonas.is_superuser
    actions = [entry.action for entry in AuditEntry.objects.order_by("pk")]
    assert actions == ["is a curator", "is an admin"]


def test_a_former_curator_has_no_access_to_the_desk(ada: Client, dana: User) -> None:
    make_curator(dana)
    ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, groups=[]))
    dana.refresh_from_db()
    assert not dana.is_staff and not dana.groups.exists()


@pytest.mark.parametrize("right", ["is_active", "is_superuser"])
def test_an_admin_can_not_lock_themselves_out(ada: Client, admin_user: User, right: str) -> None:
    answer = ada.post(f"{PEOPLE}{admin_user.pk}/change/", as_sent(admin_user, **{right: None}))
    assert answer.status_code == 200
    assert "your own" in answer.content.decode()
    admin_user.refresh_from_db()
    assert admin_user.is_active and admin_user.is_superuser


def test_only_an_admin_gives_rights(keeper: User, dana: User) -> None:
    browser = signed_in(keeper)
    html = browser.get(f"{PEOPLE}{dana.pk}/change/").content.decode()
    assert "is_superuser" not in html and 'name="groups"' not in html
    sent = as_sent(dana, is_superuser="on", is_staff="on", groups=[curators_group().pk])
    assert browser.post(f"{PEOPLE}{dana.pk}/change/", sent).status_code == 302
    dana.refresh_from_db()
    assert not (dana.is_superuser or dana.is_staff or dana.groups.exists())


def test_only_an_admin_changes_an_admin(keeper: User, admin_user: User) -> None:
    browser = signed_in(keeper)
    stolen = as_sent(admin_user, email="kim2@example.com")
    assert browser.post(f"{PEOPLE}{admin_user.pk}/change/", stolen).status_code == 403
    password = {"password1": "a long pass phrase", "password2": "a long pass phrase"}
    assert browser.post(f"{PEOPLE}{admin_user.pk}/password/", password).status_code == 403
    admin_user.refresh_from_db()
    assert admin_user.email == "admin@example.com" and admin_user.check_password(PASSWORD)


def test_an_admin_sets_a_password(ada: Client, dana: User) -> None:
    password = {
        "usable_password": "true",
        "password1": "a long pass phrase",
        "password2": "a long pass phrase",
        "set-password": "1",
    }
    assert ada.post(f"{PEOPLE}{dana.pk}/password/", password).status_code == 302
    dana.refresh_from_db()
    assert dana.check_password("a long pass phrase")


def test_a_sign_up_at_the_moment_of_the_save_causes_no_error_page(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(user: User, password: str | None) -> User:
        User.objects.create_user("nora@example.com", name="Nora Quick")
        return open_account(user, password)

    monkeypatch.setattr("people.admin.person.open_account", late)
    answer = ada.post(f"{PEOPLE}add/", new_person(), follow=True)
    assert answer.redirect_chain == [(f"{PEOPLE}add/", 302)]
    assert "This address already has an account." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_renamed_to_one_name_at_once_one_gets_it(
    ada: Client, admin_user: User, dana: User, jonas: User
) -> None:
    browsers = [(signed_in(admin_user), person) for person in (dana, jonas)]

    def rename(browser: Client, person: User) -> None:
        try:
            sent = as_sent(person, name="Sam One", team="")
            browser.post(f"{PEOPLE}{person.pk}/change/", sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(lambda pair: rename(*pair), browsers))
    assert User.objects.filter(name="Sam One").count() == 1


def test_a_refused_form_leaves_a_pending_sign_up_alone(ada: Client, dana: User) -> None:
    pending = User.objects.create_user("nora@example.com", name="Nora", is_confirmed=False)
    assert ada.post(f"{PEOPLE}add/", new_person(name="")).status_code == 200
    page = f"{PEOPLE}{dana.pk}/change/"
    assert ada.post(page, as_sent(dana, name="", email=pending.email)).status_code == 200
    assert User.objects.filter(pk=pending.pk).exists()
    assert ada.post(page, as_sent(dana, email=pending.email)).status_code == 302
    assert not User.objects.filter(pk=pending.pk).exists()


def test_nobody_is_deleted(ada: Client, dana: User) -> None:
    assert ada.post(f"{PEOPLE}{dana.pk}/delete/", {"post": "yes"}).status_code == 403
    ada.post(PEOPLE, {"action": "delete_selected", "_selected_action": dana.pk, "post": "yes"})
    assert User.objects.filter(pk=dana.pk).exists()


def test_the_audit_is_read_only(ada: Client, dana: User) -> None:
    ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, is_active=None))
    entry = AuditEntry.objects.get()
    page = f"/admin/people/auditentry/{entry.pk}/"
    assert "can no longer sign in" in ada.get(f"{page}change/").content.decode()
    assert ada.post(f"{page}change/", {"action": "nothing"}).status_code == 403
    assert ada.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert ada.get("/admin/people/auditentry/add/").status_code == 403


def allow(ada: Client, domain: str) -> str:
    answer = ada.post("/admin/people/signupdomain/add/", {"domain": domain})
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize("domain", ["example", "a b.com", "-a.com", "https://", "http://[", "@"])
def test_a_domain_is_refused_with_a_sentence(ada: Client, domain: str) -> None:
    html = allow(ada, domain)
    assert "Enter the part after the @" in html or "This field is required" in html
    assert not SignUpDomain.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "acme.example",
        "@acme.example",
        " ACME.Example ",
        "https://acme.example/",
        "https://www.acme.example:8443/about?x=1#top",
        "ann@acme.example",
        "acme.example/",
        "acme.example.",
    ],
)
def test_a_domain_is_understood_however_it_is_typed(ada: Client, typed: str) -> None:
    assert allow(ada, typed) == ""
    assert SignUpDomain.objects.get().domain == "acme.example"


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "@GMX.de", "outlook.com", "yahoo.co.uk", "live.com.br", "icloud.com", "web.de"],
)
def test_a_public_mail_provider_is_refused_with_the_reason(ada: Client, domain: str) -> None:
    assert "so anyone could sign up" in allow(ada, domain)
    assert not SignUpDomain.objects.exists()


@pytest.mark.parametrize("domain", ["live.acme.example", "outlook.acme.com", "mygmail.com"])
def test_a_companys_domain_that_looks_like_a_provider_is_allowed(ada: Client, domain: str) -> None:
    assert allow(ada, domain) == ""


@pytest.mark.parametrize("page", ["/admin/auth/group/", "/admin/account/emailaddress/"])
def test_models_that_are_managed_elsewhere_are_not_in_the_admin(ada: Client, page: str) -> None:
    assert ada.get(page).status_code == 404


def test_the_list_shows_peoples_roles(ada: Client, dana: User, team: Team) -> None:
    make_curator(dana)
    html = ada.get(PEOPLE).content.decode()
    assert ">Curator<" in html and ">Admin<" in html
    assert ada.get(f"{PEOPLE}?q=dana%00").status_code in (200, 302, 400)


def test_there_is_a_group_to_put_people_into(ada: Client, dana: User) -> None:
    ada.get("/admin/")
    assert "Curators" in ada.get(f"{PEOPLE}{dana.pk}/change/").content.decode()


@pytest.mark.parametrize("field", ["post", "nothing", "email", "__class__", "\0", "x" * 5000])
def test_an_admin_page_refuses_to_be_referred_to_by_another_field_than_id(
    ada: Client, field: str, dana: User
) -> None:
    for page in (PEOPLE, f"{PEOPLE}add/", f"{PEOPLE}{dana.pk}/change/"):
        assert ada.get(page, {"_to_field": field}).status_code == 400
        assert ada.post(page, {"_to_field": field}).status_code == 400
    assert ada.get(f"{PEOPLE}{dana.pk}/change/", {"_to_field": "id"}).status_code == 200


def test_the_audit_and_a_history_tell_times_as_every_page_does(
    ada: Client, admin_user: User, dana: User
) -> None:
    AuditEntry.objects.create(at=EVENING, actor=admin_user, action="hid a post", subject="x")
    ada.post(f"{PEOPLE}{dana.pk}/change/", as_sent(dana, name="Dana K."))
    LogEntry.objects.update(action_time=EVENING)
    ada.cookies["tz"] = "Europe%2FBerlin"
    told = '<time datetime="2026-11-25T21:25:00Z" data-shape="time">22:25</time>'
    entry = AuditEntry.objects.get(action="hid a post")
    for page in (
        "/admin/people/auditentry/",
        f"/admin/people/auditentry/{entry.pk}/change/",
        f"{PEOPLE}{dana.pk}/history/",
    ):
        html = ada.get(page).content.decode()
        assert told in html and "p.m." not in html
        assert '<script type="module"' in html, "so that the browser's own zone is followed"


def test_errors_in_the_admin_are_listed_above_and_lead_to_their_fields(ada: Client) -> None:
    html = ada.post(f"{PEOPLE}add/", new_person(email="nora")).content.decode()
    assert 'role="alert" tabindex="-1" autofocus' in html
    assert '<a href="#id_email">Email: Enter a valid email address.</a>' in html


def test_the_desk_says_what_each_of_its_pages_is_for(ada: Client) -> None:
    html = ada.get("/admin/").content.decode()
    for name in ("Sessions", "Weekly chat", "People", "Teams", "Allowed email domains"):
        assert f"<strong>{name}</strong>" in html
    for app in ("people", "curation"):
        assert ada.get(f"/admin/{app}/")["Location"] == "/admin/"
