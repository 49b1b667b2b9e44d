"""bin/setup installs what is missing, once, and without apt names what to install.

It runs in a folder of its own, on a PATH with nothing but what each test puts there.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOR_THE_SHELL = ("cat", "cmp", "cp", "dirname", "env", "ls", "mkdir", "sed", "sh", "touch")
ELSEWHERE = ("/usr/lib/postgresql", "/usr/sbin", "/etc/os-release")
PROXIES = ("caddy", "nginx", "openssl")


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "path"
        self.log = folder / "log"
        for name in ("bin", "path", ".venv/bin", "node_modules"):
            (folder / name).mkdir(parents=True)
        script = (ROOT / "bin" / "setup").read_text()
        for place in ELSEWHERE:
            assert place in script
            script = script.replace(place, f"{folder}{place}")
        self.script = folder / "bin" / "setup"
        self.script.write_text(script)
        self.script.chmod(0o755)
        for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
            (folder / name).write_text(f"{name}, first edition\n")
        for name in FOR_THE_SHELL:
            (self.path / name).symlink_to(str(shutil.which(name)))

    def has(self, *names: str, does: str = "exit 0", at: str = "path") -> "Machine":
        """Add these programs to the machine; each logs its call and then runs that code."""
        for name in names:
            program = self.folder / at / name
            program.write_text(f'#!/bin/sh\necho {name} "$@" >>{self.log}\n{does}\n')
            program.chmod(0o755)
        return self

    def has_environment(self) -> "Machine":
        return self.has("python", at=".venv/bin")

    def has_apt(self, system: str = "debian") -> "Machine":
        """Add an apt-get, run as root; a program that it installs is there from then on."""
        (self.folder / "etc").mkdir()
        (self.folder / "etc" / "os-release").write_text(f"NAME=Some\nID={system}\n")
        installed = f"for name; do ln -sf {self.path}/true {self.path}/$name; done"
        self.has("true").has("id", does="echo 0").has("apt-get", does=installed)
        (self.path / "ln").symlink_to(str(shutil.which("ln")))
        return self

    def set_up(self, what: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.script, what],
            env={"PATH": str(self.path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def calls(self, name: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.split()[0] == name]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_packages_are_installed_by_hash_and_only_when_the_lock_changes(machine: Machine) -> None:
    machine.has_environment()
    first, second = machine.set_up("run"), machine.set_up("run")
    assert first.stdout == "== Installing requirements.txt into .venv (by hash)\n"
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    (machine.folder / "requirements.txt").write_text("requirements.txt, second edition\n")
    assert machine.set_up("run").stdout == first.stdout
    installs = [call for call in machine.calls("python") if "pip install" in call]
    assert len(installs) == 2
    assert all("--require-hashes -r requirements.txt" in call for call in installs)


def test_the_tools_include_the_products_packages(machine: Machine) -> None:
    machine.has_environment().has("node", "npm")
    assert machine.set_up("tools").returncode == 0
    assert machine.set_up("run").stdout == ""
    assert machine.set_up("tools").stdout == ""


def test_an_install_that_fails_is_tried_again(machine: Machine) -> None:
    machine.has("python", at=".venv/bin", does='[ "$1" != -m ]')
    assert machine.set_up("run").returncode == 1
    machine.has_environment()
    assert "Installing" in machine.set_up("run").stdout


def test_an_old_python_is_refused(machine: Machine) -> None:
    machine.has("python3", does='[ "$1" = --version ] && echo Python 3.10.12')
    done = machine.set_up("run")
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.10.12 is too old. Name Python 3.11 or later: make PYT")


def test_without_apt_it_names_what_to_install(machine: Machine) -> None:
    done = machine.set_up("run")
    assert done.returncode == 1
    assert done.stderr == "Please install Python 3.11 or later, then run this again.\n"
    machine.has_environment()
    done = machine.set_up("tools")
    assert done.stderr == "Please install Node.js 18.19 or later, with npm, then run this again.\n"
    machine.has("node", "npm")
    done = machine.set_up("test")
    assert done.stderr == (
        "Please install PostgreSQL 14 or later, Redis 6 or later, caddy, nginx, openssl, Chromium, "
        "then run this again.\n"
    )
    machine.has("initdb", "redis-server", "chromium", *PROXIES)
    assert machine.set_up("test").returncode == 0


def test_on_debian_it_installs_everything_missing_in_one_step(machine: Machine) -> None:
    machine.has_environment().has_apt().has("node", "npm", "redis-server", *PROXIES)
    done = machine.set_up("test")
    assert done.stdout.splitlines()[-1] == "== Installing postgresql chromium (apt-get)"
    update, install = machine.calls("apt-get")
    assert update.startswith("apt-get update")
    assert install.endswith(" postgresql chromium")


def test_on_debian_it_installs_nothing_that_is_present(machine: Machine) -> None:
    machine.has_environment().has_apt()
    machine.has("node", "npm", "initdb", "redis-server", "chromium", *PROXIES)
    assert machine.set_up("test").returncode == 0
    assert machine.calls("apt-get") == []


def test_the_benchmark_installs_a_compiler_if_there_is_none(machine: Machine) -> None:
    machine.has_environment().has_apt()
    machine.has("node", "npm", "initdb", "redis-server", "chromium", *PROXIES)
    assert machine.set_up("bench").stdout.splitlines()[-1] == (
        "== Installing gcc libc6-dev (apt-get)"
    )
    machine.has("cc")
    assert machine.set_up("bench").stdout == ""


def test_on_ubuntu_the_browser_is_playwrights_own(machine: Machine) -> None:
    machine.has_environment().has_apt("ubuntu").has("playwright", at=".venv/bin")
    machine.has("node", "npm", "initdb", "redis-server", *PROXIES)
    assert machine.set_up("test").returncode == 0
    assert machine.set_up("test").stdout == ""
    assert machine.calls("playwright") == ["playwright install --with-deps chromium"]
    assert machine.calls("apt-get") == []


def test_an_ordinary_user_installs_by_sudo_or_is_told_the_command(machine: Machine) -> None:
    machine.has_environment().has_apt().has("id", does="echo 1000")
    machine.has("node", "npm", "initdb", "redis-server", *PROXIES)
    done = machine.set_up("test")
    assert done.stderr == (
        "Please install Chromium (as root: apt-get install chromium), then run this again.\n"
    )
    machine.has("sudo", does='exec "$@"')
    assert machine.set_up("test").returncode == 0
    assert len(machine.calls("sudo")) == len(machine.calls("apt-get")) == 2


def test_ci_checks_and_tests_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1:] == [
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        "make check",
        "make test",
    ]
    for script in (".ci/run", "bin/setup", "bin/check"):
        assert (ROOT / script).stat().st_mode & 0o111
