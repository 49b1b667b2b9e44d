"""No page may need what the Content-Security-Policy forbids."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from curation.models import ChatSession
from curation.rota.curators import make_curator
from people.models import SignUpDomain, User
from tests.conftest import PASSWORD

ANYBODY = [
    "/accounts/login/",
    "/accounts/login/?next=/you/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-set-password/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/nothing/here/",
    "/welcome/",
]
EMPLOYEES = [
    "/",
    "/you/",
    "/live/",
    "/transcripts/",
    "/sessions/2026-11-26/",
    "/sessions/2026-11-26/room/",
    "/sessions/2026-11-26/room/screen/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/email/",
    "/admin/",
]
CURATORS = ["/admin/curation/chatsession/", "/admin/curation/chatsession/{session}/change/"]
ADMINS = [
    "/admin/people/user/",
    "/admin/people/user/add/",
    "/admin/people/user/{user}/change/",
    "/admin/people/team/",
    "/admin/people/team/add/",
    "/admin/people/signupdomain/add/",
    "/admin/curation/series/",
    "/admin/curation/series/add/",
]


class Inline(HTMLParser):
    """Finds everything that would run or style without coming from a file of ours."""

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


def judge(client: Client, address: str) -> None:
    response = client.get(address, follow=True)
    assert response.status_code in (200, 403, 404), (address, response.status_code)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy, address
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, address
    inline = Inline()
    inline.feed(response.content.decode())
    assert inline.found == [], address
    # Older browsers refuse an import map that comes after a module.
    assert inline.has_map and inline.early == [], address


def test_it_finds_what_is_inline() -> None:
    inline = Inline()
    inline.feed(
        "<p style=x><style>a{}</style><a onclick=x><script>1</script><script type=importmap>{}"
        "</script><script src=//evil.example/x.js></script><a href=' JavaScript:x'>"
        "<script src=/static/js/page.js></script><script type=application/json>1</script>"
    )
    assert len(inline.found) == 7


def test_it_finds_modules_before_the_import_map() -> None:
    inline = Inline()
    inline.feed(
        "<script type=module src=/static/js/page.js></script><link rel=modulepreload href=/x.js>"
        "<script type=importmap nonce=1>{}</script><script type=module src=/static/js/a.js>"
    )
    assert inline.has_map and len(inline.early) == 2


@pytest.mark.parametrize("address", ANYBODY)
@pytest.mark.parametrize("is_open", [True, False])
def test_nothing_inline_for_who_is_signed_out(
    client: Client, dana: User, address: str, is_open: bool
) -> None:
    if is_open:
        SignUpDomain.objects.create(domain="example.com")
    judge(client, address)


@pytest.mark.parametrize("address", ANYBODY + EMPLOYEES)
def test_nothing_inline_for_an_employee(
    client: Client, session: ChatSession, dana: User, address: str
) -> None:
    client.force_login(dana)
    judge(client, address)


@pytest.mark.parametrize("address", EMPLOYEES + CURATORS)
def test_nothing_inline_for_a_curator(
    client: Client, session: ChatSession, curator: User, address: str
) -> None:
    make_curator(curator)
    client.force_login(curator)
    judge(client, address.format(session=session.pk))


@pytest.mark.parametrize("address", EMPLOYEES + CURATORS + ADMINS)
def test_nothing_inline_for_an_admin(
    client: Client, session: ChatSession, dana: User, admin_user: User, address: str
) -> None:
    client.force_login(admin_user)
    judge(client, address.format(session=session.pk, user=dana.pk))


def test_nothing_inline_where_something_was_refused(client: Client, dana: User) -> None:
    SignUpDomain.objects.create(domain="example.com")
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        response = client.post(address, {"login": "x", "email": "x", "name": "\x00"})
        inline = Inline()
        inline.feed(response.content.decode())
        assert inline.found == []
        assert "errorlist" in response.content.decode()


def test_nothing_inline_where_the_code_is_asked(client: Client, dana: User) -> None:
    SignUpDomain.objects.create(domain="example.com")
    fields = {"name": "Eve", "email": "eve@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", fields)
    judge(client, "/accounts/confirm-email/")
