"""What `serve` does before it listens: private files, no debug pages for a network, warnings."""

import http.client
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.test import override_settings
from pydantic import SecretStr

from talktech.config import Settings
from talktech.server import startup
from tests.support.live import ROOT, free_port

SECRET = "0123456789" * 5
STARTED = "Stop it with Ctrl+C."


@contextmanager
def served(folder: Path, host: str, **settings: str) -> Iterator[tuple[int, Path]]:
    """Run `manage.py serve` with these settings alone; yields its port and its log."""
    port, log = free_port(), folder / "log"
    database = f"sqlite:///{folder}/kept/world.sqlite3"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--host", host, "--port", str(port)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": database, **settings},
            stdout=output,
            stderr=output,
            umask=0o022,
        )
    try:
        deadline = time.monotonic() + 60
        while STARTED not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield port, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def get(port: int, path: str, at: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(at, port, timeout=20)
    with closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_on_loopback_debug_pages_are_for_this_machine_alone(tmp_path: Path) -> None:
    with served(tmp_path, "127.0.0.1") as (port, _):
        status, page = get(port, "/static/nothing.css")
        assert status == 404 and "DEBUG = True" in page
        for headers in ({"X_Forwarded_For": "192.0.2.1"}, {"Via": "1.1 proxy"}):
            status, page = get(port, "/static/nothing.css", **headers)
            assert status == 403 and page.startswith("Debug pages are on")


def test_on_a_network_address_there_are_no_debug_pages(tmp_path: Path) -> None:
    """Every address in 127/8 is this machine's, but others may reach 0.0.0.0."""
    with served(tmp_path, "0.0.0.0") as (port, log):  # noqa: S104
        for path in ("/static/nothing.css", "/nothing/here/", "/%00"):
            status, page = get(port, path, Host=f"localhost:{port}")
            assert status in (302, 404) and "DEBUG" not in page and "urlconf" not in page.lower()
        assert "Debug pages are off" in log.read_text()
        assert "set TALKTECH_URL" in log.read_text()


def test_files_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with served(tmp_path, "127.0.0.1", SECRET_KEY=SECRET) as (port, _):
        get(port, "/")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()}
        assert {"world.sqlite3", "world.sqlite3-wal", "world.sqlite3-shm"} <= set(modes)
        assert set(modes.values()) == {0o600}, modes
        assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    file = kept / "world.sqlite3"
    file.chmod(0o644)  # as if it had been created without `serve`
    with served(tmp_path, "127.0.0.1", SECRET_KEY=SECRET):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("address", "warns"),
    [
        ("http://chat.example.com", True),
        ("https://chat.example.com", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
    ],
)
def test_a_public_address_without_tls_causes_a_warning(
    caplog: pytest.LogCaptureFixture, address: str, warns: bool
) -> None:
    with override_settings(CONFIG=Settings(secret_key=SecretStr(SECRET), talktech_url=address)):
        startup.check_exposure("127.0.0.1")
    assert ("STARTS WITH http://" in caplog.text) == warns
