"""Error pages have a sentence and a way back, and never a traceback."""

import logging

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.test import Client, override_settings
from django.urls import include, path
from django.views import defaults

from people.models import User
from talktech.operations.log_filters import without_traceback
from tests.support.live import free_port


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret of the site")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("<script>secret</script>")


def odd(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("the secret of the site")


urlpatterns = [
    path("broken/", broken),
    path("denied/", denied),
    path("odd/", odd),
    path("", include("talktech.urls")),
]


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "503"])
def test_each_error_page_renders_without_a_request(name: str) -> None:
    html = loader.get_template(f"{name}.html").render({})
    assert "<h1>" in html and '<a class="btn primary" href="/' in html


@pytest.mark.parametrize("person", ["nobody", "dana"])
@pytest.mark.parametrize(
    ("where", "status", "words"),
    [
        ("/broken/", 500, "went wrong on our side"),
        ("/denied/", 403, "You don’t have access"),
        ("/odd/", 400, "couldn’t process that"),
        ("/nothing/here/", 404, "Page not found"),
        ("/sessions/2026-13-45/", 404, "Page not found"),
        ("/%00", 404, "Page not found"),
        ("/<script>alert(1)</script>", 404, "Page not found"),
    ],
)
@override_settings(ROOT_URLCONF="tests.talktech.pages.test_errors")
def test_each_error_page_has_a_sentence_and_a_way_back(
    dana: User, person: str, where: str, status: int, words: str
) -> None:
    client = Client(raise_request_exception=False)
    if person == "dana":
        client.force_login(dana)
    response = client.get(where)
    html = response.content.decode()
    assert response.status_code == status
    assert words in html and 'href="/"' in html
    assert "secret" not in html and "<script>alert" not in html and "Traceback" not in html
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_an_unknown_host_is_refused(client: Client, dana: User) -> None:
    response = client.get("/accounts/login/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/you/?a=b", "/you/?a=b"),
        ("http://testserver//evil.example/", "/"),
        ("https://evil.example/you/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[x]/", "/"),
        ("", "/"),
    ],
)
def test_a_form_without_its_token_leads_back_to_its_page(
    dana: User, referer: str, back: str
) -> None:
    secured = Client(enforce_csrf_checks=True)
    response = secured.post("/accounts/login/", {}, headers={"referer": referer})
    assert response.status_code == 403
    html = response.content.decode()
    assert "Nothing has happened yet" in html and f'<a class="btn primary" href="{back}">' in html


@override_settings(ACCOUNT_RATE_LIMITS={"signup": "1/m/ip"})
def test_too_many_tries_are_reported_in_our_words(client: Client, dana: User) -> None:
    client.post("/accounts/signup/", {})
    response = client.post("/accounts/signup/", {})
    assert response.status_code == 429
    assert "Too many attempts" in response.content.decode()


def test_the_500_page_does_not_query_the_database(
    django_assert_num_queries: object, dana: User, rf: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = defaults.server_error(HttpRequest())
    assert response.status_code == 500


@pytest.mark.django_db(transaction=True)
def test_a_page_without_a_database_says_so_in_one_line_of_the_log(
    dana: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(dana)
    where = {"NAME": "/nowhere/at.all"} if settings.SQLITE else {"PORT": free_port()}
    console = logging.StreamHandler()
    console.addFilter(without_traceback)
    logging.getLogger("django.request").addHandler(console)
    connection.close()
    try:
        with monkeypatch.context() as patched:
            for name, value in where.items():
                patched.setitem(connection.settings_dict, name, value)
            response = client.get("/")
            connection.close()
    finally:
        logging.getLogger("django.request").removeHandler(console)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "can’t reach its database" in response.content.decode()
    assert "Traceback" not in capsys.readouterr().err
    assert client.get("/").status_code == 200
