"""The documents name only what exists."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("talktech", "people", "curation", "chat", "transcripts", "tests", "bench")
FOLDERS = (*PACKAGES, "static", "templates", "docs", "bin")

DOCUMENTS = ["docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md"]


def code_names(document: str) -> list[str]:
    """The texts between backticks, without code blocks."""
    text = re.sub(r"^```.*?^```", "", (ROOT / document).read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text)


def paths_in(document: str) -> list[str]:
    named = [re.sub(r":.*", "", name) for name in code_names(document)]
    return [name for name in named if re.match(rf"({'|'.join(FOLDERS)})/[\w./-]*$", name)]


def dotted_names_in(document: str) -> list[str]:
    return [
        name for name in code_names(document) if re.match(rf"({'|'.join(PACKAGES)})(\.\w+)+$", name)
    ]


def exists(dotted: str) -> bool:
    """Is this a module, or an attribute of one?"""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            if find_spec(module) is None:
                continue
        except ModuleNotFoundError:
            continue
        found = import_module(module)
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    paths = paths_in(document)
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_python_name_that_a_document_names_exists(document: str) -> None:
    assert [name for name in dotted_names_in(document) if not exists(name)] == []


def test_the_glossary_leads_from_each_word_to_the_code() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs/glossary.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| word", "| ---"))
    ]
    assert len(rows) > 80
    assert [row for row in rows if len(row) != 4 or not all(row)] == []
    assert [row[0] for row in rows if "`" not in row[3] and row[3] != "*(to come)*"] == []


def modules_in_the_map() -> tuple[set[str], set[str]]:
    """The paths of Python modules, and of the browser's, that the map of the architecture lists.

    A line names a folder, which ends with a slash, or a module with what it owns; under `static/js`
    a folder's modules share lines. Two spaces of indentation lead one level down.
    """
    text = (ROOT / "docs/architecture.md").read_text().partition("## The map")[2]
    python, browser = set[str](), set[str]()
    folders: list[str] = []
    for line in filter(None, text.split("```")[1].splitlines()):
        level = (len(line) - len(line.lstrip())) // 2
        first, *others = line.split()
        if first.endswith("/"):
            folders[level:] = [first]
        elif folders[0] == "static/js/":
            browser |= {f"{''.join(folders)}{name}.js" for name in (first, *others)}
        else:
            python.add(f"{''.join(folders[:level])}{first}.py")
    return python, browser


def test_the_map_lists_every_module() -> None:
    python, browser = modules_in_the_map()
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        if package not in ("tests", "bench")
        for path in (ROOT / package).glob("**/*.py")
        if path.name != "__init__.py" and path.parent.name != "migrations"
    }
    assert len(files) > 100
    assert python == files
    assert browser == {p.relative_to(ROOT).as_posix() for p in ROOT.glob("static/js/**/*.js")}
