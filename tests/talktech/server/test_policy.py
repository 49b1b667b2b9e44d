"""Every page answers, and none needs what the Content-Security-Policy forbids."""

from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from django.test import Client

from curation.models import ChatSession
from curation.rota.curators import make_curator
from people.models import SignUpDomain, User
from tests.conftest import PASSWORD


class Visit(NamedTuple):
    """One address, where its redirects lead ("" if it has none), and the status of the answer."""

    address: str
    leads_to: str = ""
    status: int = 200


EVERYBODY = [
    Visit("/accounts/password/reset/"),
    Visit("/accounts/password/reset/done/"),
    Visit("/accounts/password/reset/key/1-set-password/"),
    Visit("/accounts/password/reset/key/done/"),
    Visit("/accounts/inactive/"),
    Visit("/nothing/here/", status=404),
]
SIGNED_OUT = [
    Visit("/accounts/login/"),
    Visit("/accounts/login/?next=/you/"),
    Visit("/accounts/signup/"),
    Visit("/welcome/", "/accounts/login/?next=/"),
    Visit("/you/", "/accounts/login/?next=/you/"),
]
SIGNED_IN = [
    Visit("/accounts/login/", "/"),
    Visit("/accounts/login/?next=/you/", "/you/"),
    Visit("/accounts/signup/", "/"),
    Visit("/welcome/", "/"),
    Visit("/"),
    Visit("/you/"),
    Visit("/live/", "/sessions/2026-11-26/"),
    Visit("/transcripts/"),
    Visit("/sessions/2026-11-26/"),
    Visit("/sessions/2026-11-26/room/"),
    Visit("/sessions/2026-11-26/room/screen/"),
    Visit("/accounts/logout/"),
    Visit("/accounts/password/change/"),
    Visit("/accounts/reauthenticate/"),
    Visit("/accounts/email/", "/you/"),
]
EMPLOYEES = [Visit("/admin/", "/admin/login/?next=/admin/", 403)]
SESSIONS = [
    Visit("/admin/curation/chatsession/"),
    Visit("/admin/curation/chatsession/{session}/change/"),
]
CURATORS = [
    Visit("/admin/", "/admin/curation/chatsession/"),
    Visit("/admin/people/user/", status=403),
]
ADMINS = [
    Visit("/admin/"),
    Visit("/admin/people/user/"),
    Visit("/admin/people/user/add/"),
    Visit("/admin/people/user/{user}/change/"),
    Visit("/admin/people/team/"),
    Visit("/admin/people/team/add/"),
    Visit("/admin/people/signupdomain/"),
    Visit("/admin/people/signupdomain/add/"),
    Visit("/admin/people/auditentry/"),
    Visit("/admin/curation/series/", "/admin/curation/series/{series}/change/"),
    Visit("/admin/curation/series/add/", status=403),  # there is one already
]


class Inline(HTMLParser):
    """Finds scripts and styles that are not in files of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.has_map = False
        self.early: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        text = self.get_starttag_text() or ""
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.found.append(text)
        if tag == "script" and not is_ours(given):
            self.found.append(text)
        self.has_map = self.has_map or given.get("type") == "importmap"
        if not self.has_map and "module" in (given.get("type") or given.get("rel") or ""):
            self.early.append(text)
        for name in ("href", "src", "action", "formaction"):
            if (given.get(name) or "").strip().lower().startswith(("javascript:", "data:")):
                self.found.append(text)


def is_ours(script: dict[str, str | None]) -> bool:
    if script.get("type") == "application/json":
        return True
    if script.get("type") == "importmap":
        return bool(script.get("nonce"))
    return (script.get("src") or "").startswith(("/static/", "/admin/jsi18n/"))


def judge(client: Client, visit: Visit, **keys: int) -> None:
    """Check that the address answers as expected, with a page that the policy lets work."""
    address = visit.address.format(**keys)
    response = client.get(address, follow=True)
    chain = response.redirect_chain
    assert response.status_code == visit.status, address
    assert (chain[-1][0] if chain else "") == visit.leads_to.format(**keys), address
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy, address
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, address
    inline = Inline()
    inline.feed(response.content.decode())
    assert inline.found == [], address
    # Older browsers refuse an import map that comes after a module.
    assert inline.has_map and inline.early == [], address


def test_the_parser_finds_what_is_inline() -> None:
    inline = Inline()
    inline.feed(
        "<p style=x><style>a{}</style><a onclick=x><script>1</script><script type=importmap>{}"
        "</script><script src=//evil.example/x.js></script><a href=' JavaScript:x'>"
        "<script src=/static/js/page.js></script><script type=application/json>1</script>"
    )
    assert len(inline.found) == 7


def test_the_parser_finds_modules_before_the_import_map() -> None:
    inline = Inline()
    inline.feed(
        "<script type=module src=/static/js/page.js></script><link rel=modulepreload href=/x.js>"
        "<script type=importmap nonce=1>{}</script><script type=module src=/static/js/a.js>"
    )
    assert inline.has_map and len(inline.early) == 2


@pytest.mark.parametrize("visit", EVERYBODY + SIGNED_OUT)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_signed_out_visitor_gets_nothing_inline(
    client: Client, dana: User, visit: Visit, is_open: bool
) -> None:
    if is_open:
        SignUpDomain.objects.create(domain="example.com")
    judge(client, visit)


@pytest.mark.parametrize("visit", EVERYBODY + SIGNED_IN + EMPLOYEES)
def test_an_employee_gets_nothing_inline(
    client: Client, session: ChatSession, dana: User, visit: Visit
) -> None:
    client.force_login(dana)
    judge(client, visit)


@pytest.mark.parametrize("visit", SIGNED_IN + CURATORS + SESSIONS)
def test_a_curator_gets_nothing_inline(
    client: Client, session: ChatSession, curator: User, visit: Visit
) -> None:
    make_curator(curator)
    client.force_login(curator)
    judge(client, visit, session=session.pk)


@pytest.mark.parametrize("visit", SIGNED_IN + SESSIONS + ADMINS)
def test_an_admin_gets_nothing_inline(
    client: Client, session: ChatSession, dana: User, admin_user: User, visit: Visit
) -> None:
    client.force_login(admin_user)
    assert session.series is not None
    judge(client, visit, session=session.pk, user=dana.pk, series=session.series.pk)


def test_a_form_that_is_refused_shows_nothing_inline(client: Client, dana: User) -> None:
    SignUpDomain.objects.create(domain="example.com")
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        response = client.post(address, {"login": "x", "email": "x", "name": "\x00"})
        inline = Inline()
        inline.feed(response.content.decode())
        assert inline.found == []
        assert "errorlist" in response.content.decode()


def test_the_page_that_asks_for_the_code_shows_nothing_inline(client: Client, dana: User) -> None:
    SignUpDomain.objects.create(domain="example.com")
    fields = {"name": "Eve", "email": "eve@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", fields)
    judge(client, Visit("/accounts/confirm-email/"))
