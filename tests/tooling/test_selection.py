"""No test is left out, and each runs in every world that it depends on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.selection import QUICK

ROOT = Path(__file__).resolve().parents[2]
TRIED = "def test_tried(): pass\n"
NOT_TRIED = {
    "skipped": "@pytest.mark.skip\ndef test_it(): pass\n",
    "skipped while it runs": "def test_it(): pytest.skip('not today')\n",
    "skipped with its module": "pytest.skip('not here', allow_module_level=True)\n",
    "expected to fail": "@pytest.mark.xfail\ndef test_it(): assert False\n",
    "expected to fail, and passes": "@pytest.mark.xfail\ndef test_it(): pass\n",
}
MARKS = """
@pytest.fixture
def person(db): return None

def test_plain(): pass
def test_fixture(db): pass
def test_by_way_of_another(person): pass
def test_processes(site): pass
@pytest.mark.django_db
def test_marked(): pass
@pytest.mark.parametrize("n", [1, 2])
def test_table(n): pass
"""


def run(folder: Path, text: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Pytest on a module of that text, with our plugin and xdist only, which start quickly."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = django_db\n    one_world\n    quick\n")
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return pytest_on(
        folder, text, "-c", str(folder / "pytest.ini"), "-p", "xdist", *arguments, **alone
    )


def pytest_on(
    folder: Path, text: str, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    module = folder / "test_module.py"
    module.write_text(f"import pytest\n{text}")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.selection"]
    return subprocess.run(
        [*command, f"--rootdir={folder}", "-p", "no:cacheprovider", *arguments, str(module)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_in_which_every_test_passes_passes(tmp_path: Path, workers: str) -> None:
    done = run(tmp_path, TRIED, "-n", workers)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("way", NOT_TRIED)
def test_a_test_that_does_not_run_fails_the_run(tmp_path: Path, way: str) -> None:
    (tmp_path / "test_other.py").write_text(TRIED)
    done = run(tmp_path, NOT_TRIED[way], str(tmp_path / "test_other.py"))
    assert done.returncode == 1, done.stdout
    assert "1 test was skipped or expected to fail" in done.stdout
    assert "1 passed" in done.stdout.splitlines()[-1]


def test_a_test_that_another_process_skips_fails_the_run_too(tmp_path: Path) -> None:
    done = run(tmp_path, TRIED + NOT_TRIED["skipped"], "-n", "2")
    assert done.returncode == 1, done.stdout
    assert "1 test was skipped or expected to fail" in done.stdout


def test_a_test_without_database_or_channel_layer_runs_once(tmp_path: Path) -> None:
    done = run(tmp_path, MARKS, "--collect-only", "-q", "-m", "not one_world")
    again = {line.split("::")[1] for line in done.stdout.splitlines() if "::" in line}
    assert again == {"test_fixture", "test_by_way_of_another", "test_processes", "test_marked"}


def test_a_quick_run_leaves_out_what_needs_a_server(tmp_path: Path) -> None:
    text = "@pytest.fixture\ndef site(): return 1\ndef test_one(site): pass\ndef test_two(): pass\n"
    done = run(tmp_path, text, "-m", QUICK, "-v")
    assert "1 passed, 1 deselected" in done.stdout and "test_two" in done.stdout


def test_a_warning_is_an_error(tmp_path: Path) -> None:
    text = "import warnings\ndef test_it(): warnings.warn('old', stacklevel=1)\n"
    done = pytest_on(tmp_path, text, "-c", "pyproject.toml")
    assert done.returncode == 1
    assert "UserWarning: old" in done.stdout
