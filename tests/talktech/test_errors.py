"""What people see when something is wrong: a sentence and a way back, never a trace."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.test import Client, override_settings
from django.urls import include, path
from django.views import defaults

from people.models import User


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret of the house")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("<script>secret</script>")


def odd(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("the secret of the house")


urlpatterns = [
    path("broken/", broken),
    path("denied/", denied),
    path("odd/", odd),
    path("", include("talktech.urls")),
]


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500"])
def test_each_bears_the_absence_of_a_request(name: str) -> None:
    html = loader.get_template(f"{name}.html").render({})
    assert "<h1>" in html and '<a class="btn primary" href="/' in html


@pytest.mark.parametrize("person", ["nobody", "dana"])
@pytest.mark.parametrize(
    ("where", "status", "words"),
    [
        ("/broken/", 500, "a fault of ours"),
        ("/denied/", 403, "not open to you"),
        ("/odd/", 400, "could not be understood"),
        ("/nothing/here/", 404, "nothing at this address"),
        ("/sessions/2026-13-45/", 404, "nothing at this address"),
        ("/%00", 404, "nothing at this address"),
        ("/<script>alert(1)</script>", 404, "nothing at this address"),
    ],
)
@override_settings(ROOT_URLCONF="tests.talktech.test_errors")
def test_each_says_a_sentence_and_a_way_back(
    dana: User, person: str, where: str, status: int, words: str
) -> None:
    client = Client(raise_request_exception=False)
    if person == "dana":
        client.force_login(dana)
    response = client.get(where)
    html = response.content.decode()
    assert response.status_code == status
    assert words in html and 'href="/"' in html
    assert "secret" not in html and "alert(1)" not in html and "Traceback" not in html
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_an_unknown_host_is_refused(client: Client, dana: User) -> None:
    response = client.get("/accounts/login/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


@override_settings(ACCOUNT_RATE_LIMITS={"signup": "1/m/ip"})
def test_too_many_tries_are_said_in_our_words(client: Client, dana: User) -> None:
    client.post("/accounts/signup/", {})
    response = client.post("/accounts/signup/", {})
    assert response.status_code == 429
    assert "tried too often" in response.content.decode()


def test_500_does_not_ask_the_database(
    django_assert_num_queries: object, dana: User, rf: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = defaults.server_error(HttpRequest())
    assert response.status_code == 500
