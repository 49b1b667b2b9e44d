"""The welcome page: with its key the first account is created."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from curation.models import ChatSession, Series
from people.models import User
from talktech.models import FirstKey
from talktech.pages import welcome
from tests.talktech.hostile import HOSTILE

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": "#TalkTech",
    "weekday": "3",
    "local_time": "14:00",
    "time_zone": "Europe/Berlin",
    "your_name": "Ada Admin",
    "email": "Ada@Example.com",
    "password": "a long and quiet phrase",
}


@pytest.fixture
def address() -> str:
    return welcome.setup_link("http://testserver").removeprefix("http://testserver")


def test_without_an_account_every_page_redirects_to_the_welcome_page(client: Client) -> None:
    for path in ("/", "/live/", "/accounts/login/", "/admin/", "/transcripts/", "/nowhere/"):
        assert client.get(path)["Location"] == "/welcome/"
    assert client.get("/health/").status_code != 302


def test_without_the_key_the_page_explains_where_the_key_is(client: Client) -> None:
    for key in ("", "?key=", "?key=wrong", "?key=%00", "?key=é", f"?key={welcome.setup_key()}x"):
        for response in (client.get(f"/welcome/{key}"), client.post(f"/welcome/{key}", ANSWERS)):
            assert response.status_code == 403
            assert "printed in the terminal" in response.content.decode()
    assert not User.objects.exists()


def test_the_first_admin_is_signed_in_and_the_next_sessions_exist(
    client: Client, address: str
) -> None:
    assert "The chat" in client.get(address).content.decode()
    response = client.post(address, ANSWERS)
    assert response["Location"] == "/"
    admin = User.objects.get()
    assert (admin.email, admin.name) == ("ada@example.com", "Ada Admin")
    assert admin.is_superuser
    assert Series.objects.get().name == "#TalkTech"
    assert ChatSession.objects.count() == 8
    assert ChatSession.objects.get(curator=admin) == ChatSession.objects.earliest("starts_at")
    assert "Ada Admin" in client.get("/").content.decode()
    client.logout()
    signed_in = client.post(
        "/accounts/login/", {"login": "ada@example.com", "password": ANSWERS["password"]}
    )
    assert signed_in["Location"] == "/"


def test_failed_attempts_do_not_lock_the_first_admins_browser_out(
    client: Client, address: str
) -> None:
    client.post(address, ANSWERS)
    client.cookies.pop(settings.SESSION_COOKIE_NAME)
    who = {"login": "ada@example.com", "password": "wrong"}
    for _ in range(5):
        Client().post("/accounts/login/", who)
    signed_in = client.post("/accounts/login/", who | {"password": ANSWERS["password"]})
    assert signed_in["Location"] == "/"


def test_the_link_works_once(client: Client, address: str) -> None:
    client.post(address, ANSWERS)
    other = Client()
    assert other.get(address)["Location"] == "/"
    other.post(address, ANSWERS | {"email": "second@example.com"})
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 61),
        ("weekday", "7"),
        ("weekday", "Thursday"),
        ("local_time", "25:00"),
        ("time_zone", "Mars/Olympus"),
        ("your_name", ""),
        ("your_name", "x" * 41),
        ("your_name", "\u202eAda"),
        ("your_name", "123"),
        ("email", "nowhere"),
        ("email", "a" * 250 + "@example.com"),
        ("password", "short"),
        ("password", "password"),
        ("password", "12345678901"),
    ],
)
def test_an_error_is_shown_at_its_field_and_the_input_stays(
    client: Client, address: str, field: str, value: str
) -> None:
    response = client.post(address, ANSWERS | {field: value})
    assert response.status_code == 200
    html = response.content.decode()
    assert response.context["form"].errors[field]
    assert "errorlist" in html
    kept = "your_name" if field != "your_name" else "name"
    assert ANSWERS[kept] in html
    assert not User.objects.exists()


def test_hostile_names_are_shown_as_text(client: Client, address: str) -> None:
    client.post(address, ANSWERS | {"name": "<script>x</script>", "your_name": "<b>Ada</b>"})
    html = client.get("/").content.decode()
    assert "<script>x" not in html
    assert "<b>Ada" not in html


def test_hostile_names_are_refused_or_shown_as_text(client: Client, address: str) -> None:
    for text in HOSTILE:
        sent = text.encode(errors="replace").decode()
        answers = ANSWERS | dict.fromkeys(("name", "your_name", "email", "time_zone"), sent)
        response = client.post(address, answers | {"weekday": sent, "local_time": sent})
        assert response.status_code == 200
        html = response.content.decode().lower()
        assert "alert(1)</script>" not in html and "<img src=x" not in html
    assert not User.objects.exists()


def test_the_name_of_the_chat_is_one_tidy_line(client: Client, address: str) -> None:
    client.post(address, ANSWERS | {"name": "  Learning   hour "})
    assert Series.objects.get().name == "Learning hour"


@pytest.mark.parametrize(("cookie", "is_known"), [("Asia%2FTokyo", True), ("x", False)])
def test_the_zone_is_guessed_from_the_browser(
    client: Client, address: str, cookie: str, is_known: bool
) -> None:
    client.cookies["tz"] = cookie
    html = client.get(address).content.decode()
    assert ('<option value="Asia/Tokyo" selected>' in html) is is_known
    assert ("data-guess" in html) is not is_known  # then static/js/pages/welcome.js guesses


def test_setting_up_again_after_losing_the_admin_keeps_one_series(
    client: Client, address: str
) -> None:
    client.post(address, ANSWERS)
    User.objects.all().delete()
    Client().post(welcome.setup_link(""), ANSWERS | {"name": "Second"})
    assert Series.objects.get().name == "Second"
    assert ChatSession.objects.filter(curator=None).count() == 7


@pytest.mark.django_db(transaction=True)
def test_of_two_set_ups_at_once_one_succeeds(address: str) -> None:
    together = Barrier(2)

    def found(number: int) -> int:
        client = Client()
        client.get(address)
        together.wait(timeout=10)
        try:
            answers = ANSWERS | {"email": f"admin{number}@example.com"}
            return client.post(address, answers).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(found, (1, 2))) == [302, 302]
    assert User.objects.count() == 1
    assert Series.objects.count() == 1
    assert ChatSession.objects.count() == 8


def test_the_demo_can_be_loaded_instead(client: Client, address: str) -> None:
    response = client.post(address, {"demo": "1"})
    assert response["Location"] == "/accounts/login/"
    assert User.objects.only_simulated()


def test_a_refused_password_is_not_sent_back(client: Client, address: str) -> None:
    response = client.post(address, ANSWERS | {"email": "nowhere", "password": "kept to myself 7"})
    page = response.content.decode()
    assert response.status_code == 200 and "errorlist" in page
    assert "kept to myself 7" not in page


def test_each_database_has_a_key_of_its_own(client: Client, address: str) -> None:
    assert welcome.setup_link("http://testserver").endswith(address), "until it is used"
    client.post(address, ANSWERS)
    assert not FirstKey.objects.exists()
    User.objects.all().delete()  # as in a new database with the same SECRET_KEY
    assert client.get(address).status_code == 403
