"""The servers that tests start: they are isolated, durable, and gone afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests.support import services, worlds

ROOT = Path(__file__).resolve().parents[2]


def is_open(url: str) -> bool:
    try:
        if url.startswith("redis"):
            redis.Redis.from_url(url).ping()
        else:
            psycopg.connect(url, connect_timeout=3).close()
    except (psycopg.OperationalError, redis.ConnectionError):
        return False
    return True


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with services.postgres() as url:
        yield url


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made. PostgreSQL's user could not enter pytest's own folder."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


def test_services_answer_on_the_loopback_and_are_gone_afterwards(folder: Path) -> None:
    with services.services() as started:
        urls = (started.database_url, started.redis_url)
        assert {urlsplit(url).hostname for url in urls} == {"127.0.0.1"}
        assert all(is_open(url) for url in urls)
        assert len(list(folder.iterdir())) == 2
    assert not any(is_open(url) for url in urls)
    assert not list(folder.iterdir())


def test_two_servers_of_a_kind_are_independent(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE mine (id int)")
    with services.postgres() as other, psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regclass('mine')").fetchone() == (None,)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_an_acknowledged_commit_is_on_disk(database: str, setting: str) -> None:
    with psycopg.connect(database) as connection:
        assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)


def test_the_database_lets_in_only_those_with_the_password(database: str) -> None:
    parts = urlsplit(database)
    guess = parts._replace(netloc=f"talktech:guess@127.0.0.1:{parts.port}").geturl()
    assert is_open(database)
    assert not is_open(guess)


def test_services_end_when_their_parent_is_killed(folder: Path) -> None:
    program = (
        "import time\nfrom tests.support.services import services\n"
        "with services() as s: print(s.database_url, s.redis_url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        urls = process.stdout.readline().split()
        assert len(urls) == 2
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(is_open(url) for url in urls):
        assert time.monotonic() < deadline, "a server outlived its tests"
        time.sleep(0.1)


def test_a_server_that_fails_to_start_reports_why(tmp_path: Path) -> None:
    command = [services.program("redis-server"), "--port", "no number"]
    with (
        services.running(command, tmp_path / "log", signal.SIGTERM) as process,
        pytest.raises(RuntimeError, match="port"),
        services.answering(process, lambda: services.greet("redis://127.0.0.1:1/0")),
    ):
        pass


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(services.Missing, match="nowhere-server is not installed"):
        services.program("nowhere-server")


def test_a_world_knows_nothing_of_the_settings_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKTECH_URL", "https://chat.example.com")
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere")
    monkeypatch.setenv("LIMIT_POSTS", "1")
    with worlds.sqlite() as address:
        known = worlds.environment(address)
    settings = {name for name in known if worlds.is_a_setting(name)}
    assert settings == {"DATABASE_URL", "REDIS_URL", "DEBUG", "SECRET_KEY"}
    assert known["DATABASE_URL"].startswith("sqlite:////")
    assert known["PATH"] == os.environ["PATH"]
