"""The pages that describe the settings are up to date with `talktech.config`."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from talktech.config import Settings
from talktech.management.commands import settings_reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_is_up_to_date() -> None:
    call_command("settings_reference", "--check")


def test_every_setting_is_in_both_pages() -> None:
    page, example = settings_reference.reference(), settings_reference.example()
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"| `{name.upper()}` |" in page
        assert f"{name.upper()}=" in example


def test_the_pages_do_not_reveal_where_they_were_written() -> None:
    assert str(ROOT) not in settings_reference.reference() + settings_reference.example()


def test_only_required_settings_are_left_uncommented() -> None:
    lines = settings_reference.example().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "TALKTECH_URL=",
        "SECRET_KEY=",
        "POSTGRES_PASSWORD=",
        "REDIS_PASSWORD=",
    ]


def test_an_outdated_page_fails_the_check_and_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_reference, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match=r"docs/configuration\.md and \.env\.example"):
        call_command("settings_reference", "--check")
    assert not (tmp_path / ".env.example").exists()
    call_command("settings_reference", verbosity=0)
    call_command("settings_reference", "--check")
