"""TalkTech starts with no settings at all, and refuses unsafe ones with a reason."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from talktech import config

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789" * 5


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without settings, and a `var` folder that only this test uses."""
    for name in os.environ:
        if name.removesuffix("_FILE").lower() in config.Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.setattr(config, "ROOT", tmp_path)
    return monkeypatch


def refusal() -> str:
    with pytest.raises(config.UnsafeSettings) as refused:
        config.load()
    return str(refused.value)


def start(**settings: str) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py check` in a process with these settings and no others."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_empty_environment_starts_on_sqlite() -> None:
    done = start()
    assert done.returncode == 0, done.stderr
    program = "from talktech.settings import *; print(SQLITE, DEBUG, ALLOWED_HOSTS, CHANNEL_LAYERS)"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert shown.stdout.strip() == "True True ['localhost', '127.0.0.1', '[::1]'] {}"


@pytest.mark.parametrize("setting", [{"DEBUG": "false"}, {"TALKTECH_URL": "https://chat.example"}])
def test_an_installation_without_a_good_secret_does_not_start(setting: dict[str, str]) -> None:
    done = start(**setting)
    assert done.returncode == 1
    assert done.stderr.startswith("TalkTech does not start:\nSECRET_KEY is missing.")
    assert "Traceback" not in done.stderr


def test_an_installation_with_address_and_secret_starts_in_production_mode() -> None:
    done = start(TALKTECH_URL="https://chat.example.com", SECRET_KEY=SECRET)
    assert done.returncode == 0, done.stderr


def test_a_secret_is_made_once_and_for_its_owner_only(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = config.load().secret_key, config.load().secret_key
    assert first == second
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_of_twenty_characters_is_the_shortest(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECRET_KEY", "0123456789" * 2)
    assert config.load().debug is False
    environment.setenv("SECRET_KEY", "0123456789012345678")
    assert refusal() == "SECRET_KEY is too short to be secret: give it fifty characters."


def test_a_secret_has_ten_different_characters(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECRET_KEY", "123456789" * 6)
    assert refusal().startswith("SECRET_KEY is easy to guess: it needs at least 10 different")


@pytest.mark.parametrize(
    "address",
    [
        "*",
        "https://*",
        "https://*.example.com",
        "chat.example.com",
        "ftp://chat.example.com",
        "https://",
        "https://chat.example.com/talk",
        "https://chat.example.com/?a=b",
        "https://chat.example.com/#a",
        "https://somebody@chat.example.com",
        "https://@chat.example.com",
        "https://.example.com",
        "https://chat..example.com",
        "https://chat.example.com.",
        "https://-chat.example.com",
        "https://chat.example.com:0",
        "https://chat.example.com:65536",
        "https://chat.example.com:port",
        "https://bücher.example",
        "https://chat.example.com, https://other.example",
        "https://[::1",
        "https://999.1.1.1",
    ],
)
def test_an_invalid_address_is_refused(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("SECRET_KEY", SECRET)
    environment.setenv("TALKTECH_URL", address)
    assert refusal() == (
        "TALKTECH_URL: must be an address like https://chat.example.com, without a path"
    )


@pytest.mark.parametrize(
    ("address", "taken", "host"),
    [
        ("https://Chat.Example.com/", "https://chat.example.com", "chat.example.com"),
        ("http://localhost:8000", "http://localhost:8000", "localhost"),
        ("https://chat.example.com:8443", "https://chat.example.com:8443", "chat.example.com"),
        ("https://chat.example.com:443", "https://chat.example.com", "chat.example.com"),
        ("http://chat.example.com:80/", "http://chat.example.com", "chat.example.com"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]"),
        ("http://[::1]", "http://[::1]", "[::1]"),
        ("https://192.0.2.7", "https://192.0.2.7", "192.0.2.7"),
    ],
)
def test_an_address_loses_its_final_slash(
    environment: pytest.MonkeyPatch, address: str, taken: str, host: str
) -> None:
    environment.setenv("SECRET_KEY", SECRET)
    environment.setenv("TALKTECH_URL", address)
    settings = config.load()
    assert (settings.talktech_url, settings.host) == (taken, host)
    assert settings.secure == address.startswith("https")


def test_debug_pages_are_for_loopback_only(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECRET_KEY", SECRET)
    environment.setenv("DEBUG", "true")
    environment.setenv("TALKTECH_URL", "http://localhost:8000")
    assert config.load().debug is True
    environment.setenv("TALKTECH_URL", "https://chat.example.com")
    assert refusal() == "DEBUG shows secrets to everyone: unset it where TALKTECH_URL is set."


def test_a_setting_may_come_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    environment.setenv("SECRET_KEY", "")
    environment.setenv("SECRET_KEY_FILE", str(file))
    (tmp_path / "number").write_text("7")
    environment.setenv("LIMIT_POSTS_FILE", str(tmp_path / "number"))
    settings = config.load()
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.limit_posts == 7


def test_a_variable_takes_precedence_over_a_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("f" * 50)
    environment.setenv("SECRET_KEY_FILE", str(file))
    environment.setenv("SECRET_KEY", SECRET)
    settings = config.load()
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == SECRET


def test_a_missing_file_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "none"))
    assert refusal().startswith("SECRET_KEY_FILE can't be read: ")


def test_a_file_that_is_not_text_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff" * 50)
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert refusal().startswith("SECRET_KEY_FILE can't be read: ")


def test_an_empty_variable_is_not_set(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TALKTECH_URL", "")
    environment.setenv("EMAIL_PORT", "")
    assert config.load().email_port == 587


@pytest.mark.parametrize(
    ("name", "last", "past"),
    [
        ("TRUSTED_PROXIES", "5", "6"),
        ("TRUSTED_PROXIES", "0", "-1"),
        ("EMAIL_PORT", "65535", "65536"),
        ("LIMIT_POSTS", "0", "-1"),
        ("LIMIT_OUTGOING", "65536", "65535"),
        ("EMAIL_SECURITY", "tls", "ssl"),
    ],
)
def test_bounds_hold_and_name_their_setting(
    environment: pytest.MonkeyPatch, name: str, last: str, past: str
) -> None:
    environment.setenv(name, last)
    assert str(getattr(config.load(), name.lower())) == last
    environment.setenv(name, past)
    assert refusal().startswith(f"{name}: ")


def test_all_errors_are_listed_at_once_and_no_secret_is_repeated(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("SECRET_KEY", "too short, yet secret"[:15])
    environment.setenv("EMAIL_PORT", "0")
    environment.setenv("TALKTECH_URL", "*")
    told = refusal()
    assert "EMAIL_PORT: " in told
    assert "TALKTECH_URL: " in told
    assert "too short, yet" not in told
