"""`/health/` answers within two seconds whether posts can be stored."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from talktech.operations import health
from talktech.operations.health import Probe
from tests.support.live import free_port

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[[], tuple[int, str]]


@pytest.fixture
def ask(client: Client, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return status and sentence of `/health/` now, without an earlier answer."""

    def ask() -> tuple[int, str]:
        monkeypatch.setattr(health, "PROBE", Probe())
        answer = client.get("/health/")
        return answer.status_code, answer.json()["status"]

    return ask


def test_health_is_ok_while_posts_can_be_stored(ask: Ask, client: Client) -> None:
    assert [ask() for _ in range(3)] == [(200, "ok")] * 3
    assert client.head("/health/").status_code == 200
    assert client.post("/health/").status_code == 405


def test_a_database_that_is_away_is_reported(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"NAME": "/nowhere/at.all"} if settings.SQLITE else {"PORT": free_port()}
    with monkeypatch.context() as patched:
        for name, value in where.items():
            patched.setitem(connection.settings_dict, name, value)
        assert ask() == (503, health.SILENT)
    assert ask() == (200, "ok")


def test_a_read_only_database_is_reported(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    options = connection.settings_dict["OPTIONS"]
    with monkeypatch.context() as patched:
        if settings.SQLITE:
            patched.setitem(options, "init_command", "PRAGMA query_only=ON;")
        else:
            patched.setitem(options, "options", "-c default_transaction_read_only=on")
        assert ask() == (503, health.TAKES_NOTHING)
    assert ask() == (200, "ok")


def test_a_stuck_probe_delays_no_request_and_runs_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    may_go, asked = threading.Event(), []

    def stuck() -> None:
        asked.append(1)
        may_go.wait(20)

    monkeypatch.setattr("chat.ledger.sql.try_to_store", stuck)
    probe = Probe()
    with ThreadPoolExecutor(8) as many:
        answers = [many.submit(probe.find_fault) for _ in range(8)]
        assert {one.result(10) for one in answers} == {health.SILENT}
    assert len(asked) == 1
    may_go.set()
    assert probe.answered.wait(10)
    assert probe.find_fault() == ""
