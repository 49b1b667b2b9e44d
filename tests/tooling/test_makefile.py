"""The programs that the Makefile writes for Python import what exists."""

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def python_programs(target: str) -> list[str]:
    """What `make` would give to `python -c` for that target."""
    command = ["make", "--dry-run", "--no-print-directory", target]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return re.findall(r'python -c "([^"]+)"', shown)


@pytest.mark.parametrize("target", ["run", "demo"])
def test_a_target_that_serves_imports_what_exists(target: str) -> None:
    programs = python_programs(target)
    assert programs
    for program in programs:
        tree = ast.parse(program)
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported = {alias.name for node in imports for alias in node.names}
        for node in imports:
            module = import_module(node.module or "")
            assert [one.name for one in node.names if not hasattr(module, one.name)] == []
        called = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert called and called <= imported
