"""Every package is pinned with a hash, and every requirement has a reason."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements", "requirements-dev")


def locked_packages(name: str) -> list[str]:
    """One string for each package, including its hashes."""
    lines = (ROOT / f"{name}.txt").read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def requirements(name: str) -> list[str]:
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def package(line: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", line)
    assert found, line
    return re.sub(r"[._-]+", "-", found[0]).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    pinned = locked_packages(name)
    assert pinned
    for line in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^ ]+ ", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_a_reason_and_is_in_the_lock(name: str) -> None:
    locked = {package(line) for line in locked_packages(name)}
    for line in requirements(name):
        requirement, _, reason = line.partition("#")
        assert reason.strip(), f"why {requirement.strip()}?"
        assert package(requirement) in locked, f"run make lock: {requirement.strip()} is not in it"


def test_the_tools_lock_has_the_products_packages_at_the_same_versions() -> None:
    def versions(name: str) -> dict[str, str]:
        return {package(line): line.split()[0] for line in locked_packages(name)}

    ours, tools = versions("requirements"), versions("requirements-dev")
    assert {name: tools.get(name) for name in ours} == ours


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "package-lock.json"])
def test_no_lock_reveals_where_it_was_made(file: str) -> None:
    text = (ROOT / file).read_text()
    assert "index-url" not in text
    assert "--find-links" not in text
    assert '"resolved"' not in text
    assert str(ROOT) not in text


def test_npm_packages_are_required_by_exact_version() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    assert "dependencies" not in wanted, "the product needs nothing of npm"
    for version in wanted["devDependencies"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_make_alone_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):", text, re.MULTILINE)
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {target for target in targets if not target.startswith("need-")} == set(
        re.findall(r"^make ([a-z-]+) ", done.stdout, re.MULTILINE)
    )
