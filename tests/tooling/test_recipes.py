"""The recipes of CONTRIBUTING lead to files that exist and contain what they name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.ledger.post_record import STORED, PostRecord
from chat.models import Post

ROOT = Path(__file__).resolve().parents[2]
RECIPES = {
    title.strip(): body
    for title, body in re.findall(
        r"^### (.+?)\n(.*?)(?=^### |\Z)",
        (ROOT / "CONTRIBUTING.md").read_text(),
        re.DOTALL | re.MULTILINE,
    )
}
POST = "A field on a post"


def steps(recipe: str) -> list[str]:
    return re.findall(r"^\d\. (.+)$", RECIPES[recipe], re.MULTILINE)


def paths_in(text: str) -> list[str]:
    return re.findall(r"`((?:\w[\w.]*/)+[\w.]*|\.env\.example)`", text)


def named_code(text: str) -> Iterator[tuple[str, str]]:
    """Each name of code with the path that stands before it in the same step."""
    path = ""
    for name in re.findall(r"`([^`]+)`", text):
        if paths_in(f"`{name}`"):
            path = name
        elif re.fullmatch(r"\w+", name) and path:
            yield path, name


def test_there_is_a_recipe_for_each_of_six_changes() -> None:
    assert list(RECIPES) == [
        POST,
        "A reason to refuse a post or a change",
        "A page",
        "A duty of the conductor",
        "A script of the room",
        "A setting",
    ]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_names_files_that_exist_and_contain_what_it_names(recipe: str) -> None:
    assert len(steps(recipe)) >= 3
    paths = paths_in(RECIPES[recipe])
    assert len(paths) >= 3
    assert [path for path in paths if not (ROOT / path).exists()] == []
    for step in steps(recipe):
        for path, name in named_code(step):
            if (ROOT / path).is_file():
                assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), (path, name)


def test_a_field_on_a_post_takes_five_places_that_are_about_posts() -> None:
    assert len(steps(POST)) == 5
    for step in steps(POST):
        [path] = paths_in(step)
        assert re.search(r"\bpost\b", (ROOT / path).read_text(), re.IGNORECASE), path


def test_every_column_of_a_post_is_in_its_record() -> None:
    columns = {field.column for field in Post._meta.concrete_fields}
    assert columns - {"id", "session_id", "at"} == set(STORED)
    assert {"id", "at"} <= set(PostRecord._fields)
