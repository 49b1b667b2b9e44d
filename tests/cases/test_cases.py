"""Tables of what exists in Python and in JavaScript. tests/js/cases.test.js reads them too."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chat.law.browser_facts import law_for_scripts
from chat.law.clock import Phase, phase_at
from people.names import hue, initials
from talktech.text.characters import has_something_visible
from transcripts.reading.markup import quoted_line

STARTS_AT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


def cases(name: str) -> list[Any]:
    table = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    assert len(table["cases"]) > 5
    return list(table["cases"])


def test_the_law_in_the_tests_of_scripts_is_the_servers() -> None:
    law = json.loads(Path(__file__).with_name("law.json").read_text(encoding="utf-8"))
    assert law == law_for_scripts()


def after_start(milliseconds: int) -> datetime:
    return STARTS_AT + timedelta(milliseconds=milliseconds)


@pytest.mark.parametrize("case", cases("phases"))
def test_the_phase_at_an_instant_is_as_the_table_says(case: dict[str, Any]) -> None:
    ends_at = None if case["ends_at"] is None else after_start(case["ends_at"])
    phase = phase_at(STARTS_AT, after_start(case["at"]), cancelled=case.get("cancelled", False))
    assert phase == Phase(case["phase"], case["topic"], ends_at)


@pytest.mark.parametrize("case", cases("visibility"))
def test_what_is_visible_is_as_the_table_says(case: dict[str, Any]) -> None:
    assert has_something_visible(case["text"]) is case["visible"]


@pytest.mark.parametrize("case", cases("initials"))
def test_the_initials_of_a_name_are_as_the_table_says(case: dict[str, Any]) -> None:
    assert initials(case["name"]) == case["initials"]


@pytest.mark.parametrize("case", cases("hues"))
def test_the_hue_of_a_person_is_as_the_table_says(case: dict[str, Any]) -> None:
    assert hue(case["id"]) == case["hue"]


@pytest.mark.parametrize("case", cases("quotes"))
def test_the_line_that_quotes_a_post_is_as_the_table_says(case: dict[str, Any]) -> None:
    assert quoted_line(case["html"]) == case["line"]
