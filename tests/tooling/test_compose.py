"""The containers, without an engine: the files are read, and each service's command is run."""

import http.client
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis

from tests.support.services import Services, free_port, services
from tests.tooling.compose import (
    ROOT,
    Service,
    compose,
    healthcheck,
    image_environment,
    stages,
)

HOST = "chat.example.com"
FILLED_IN = {"TALKTECH_URL": f"https://{HOST}", "SECRET_KEY": "0123456789" * 5}
PASSWORDS = {"POSTGRES_PASSWORD": "of-postgres", "REDIS_PASSWORD": "of-redis"}
OURS = ("migrate", "web1", "web2", "conductor")
WHOLE: dict[str, Service] = compose({**FILLED_IN, **PASSWORDS})["services"]
PATIENCE = 40


def test_the_compose_file_has_every_service() -> None:
    assert set(WHOLE) == {*OURS, "db", "redis", "caddy"}
    assert WHOLE["db"]["image"] == "postgres:16"
    assert WHOLE["redis"]["image"] == "redis:7"
    assert stages()["proxy"][0] == ("FROM", "caddy:2 AS proxy")


def test_only_the_proxy_is_published() -> None:
    assert [name for name, service in WHOLE.items() if "ports" in service] == ["caddy"]
    assert WHOLE["caddy"]["ports"] == ["80:8080", "443:8443", "443:8443/udp"]


def test_database_and_redis_are_on_an_internal_network() -> None:
    assert compose(PASSWORDS)["networks"]["inside"] == {"internal": True}
    assert WHOLE["db"]["networks"] == WHOLE["redis"]["networks"] == ["inside"]
    assert WHOLE["caddy"]["networks"] == ["outside"]


@pytest.mark.parametrize("name", WHOLE)
def test_each_container_has_only_the_rights_it_needs(name: str) -> None:
    service = WHOLE[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]  # noqa: S108


@pytest.mark.parametrize("name", WHOLE)
def test_no_container_runs_as_root(name: str) -> None:
    if "build" in WHOLE[name]:
        users = [rest for kind, rest in stages()[WHOLE[name]["build"]["target"]] if kind == "USER"]
        assert users[-1] == "10001:10001"
    else:
        assert WHOLE[name]["user"] in ("postgres", "redis")


@pytest.mark.parametrize("name", WHOLE)
def test_every_service_with_a_port_has_a_health_check(name: str) -> None:
    asked = WHOLE[name].get("healthcheck", {"test": ["CMD", *healthcheck()]})
    if name in ("conductor", "migrate"):
        assert asked == {"disable": True}
    else:
        assert asked["test"][0] == "CMD"


@pytest.mark.parametrize("name", ["web1", "web2", "conductor"])
def test_services_that_need_the_tables_wait_for_the_migration(name: str) -> None:
    wanted = {of: needed["condition"] for of, needed in WHOLE[name]["depends_on"].items()}
    assert wanted == {
        "migrate": "service_completed_successfully",
        "db": "service_healthy",
        "redis": "service_healthy",
    }
    assert WHOLE[name]["restart"] == "unless-stopped"
    assert WHOLE["migrate"]["restart"] == "no"


def test_the_proxy_waits_for_both_web_processes_and_counts_as_one_hop() -> None:
    for name in ("web1", "web2"):
        assert WHOLE["caddy"]["depends_on"][name] == {"condition": "service_healthy"}
        assert WHOLE[name]["environment"]["TRUSTED_PROXIES"] == "1"
        assert f"{name}:8000" in (ROOT / "Caddyfile").read_text()


@pytest.mark.parametrize("name", OURS)
def test_address_and_secret_are_filled_in_or_come_from_files(name: str) -> None:
    filled_in = WHOLE[name]["environment"]
    assert {key: filled_in[key] for key in FILLED_IN} == FILLED_IN
    assert filled_in["SECRET_KEY_FILE"] == filled_in["TALKTECH_URL_FILE"] == ""
    files = {"TALKTECH_URL_FILE": "/etc/talktech/url", "SECRET_KEY_FILE": "/etc/talktech/key"}
    from_files = compose({**files, **PASSWORDS})
    environment = from_files["services"][name]["environment"]
    assert environment["SECRET_KEY"] == environment["TALKTECH_URL"] == ""
    for setting, path in files.items():
        secret = setting.removesuffix("_FILE").lower()
        assert secret in from_files["services"][name]["secrets"]
        assert environment[setting] == f"/run/secrets/{secret}"
        assert from_files["secrets"][secret] == {"file": path}


def test_the_proxy_writes_no_access_log() -> None:
    lines = [line.split("#")[0].split() for line in (ROOT / "Caddyfile").read_text().splitlines()]
    assert not [words for words in lines if words[:1] == ["log"]]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Dockerfile copies, after the commands that it runs."""
    folder = tmp_path_factory.mktemp("image")
    for kind, rest in stages()["product"]:
        words = shlex.split(rest)
        if kind == "COPY" and not rest.startswith("--from"):
            source, target = ROOT / words[0], folder / words[1]
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        if kind == "RUN":
            setting = dict(word.split("=", 1) for word in words if "=" in word)
            command = [word for word in words if "=" not in word]
            subprocess.run(
                natively(command),
                cwd=folder,
                env={**path(), **image_environment(), **setting},
                check=True,
                capture_output=True,
                timeout=120,
            )
    return folder


@pytest.fixture(scope="module")
def real() -> Iterator[Services]:
    with services() as started:
        yield started


class Container:
    """A service's command with its environment, with hosts and ports replaced."""

    def __init__(self, name: str, folder: Path, real: Services) -> None:
        service = WHOLE[name]
        self.port = free_port()
        self.environment = {
            **path(),
            **image_environment(),
            **service["environment"],
            "DATABASE_URL": at(real.database_url, service["environment"]["DATABASE_URL"]),
            "REDIS_URL": at(real.redis_url, service["environment"]["REDIS_URL"]),
        }
        self.folder = folder
        self.command = self.here(service["command"])
        self.log_path = folder.parent / f"{name}-{self.port}.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, cwd=folder, env=self.environment, stdout=log, stderr=log
            )

    def here(self, command: list[str]) -> list[str]:
        known = {"8000": str(self.port), "0.0.0.0": "127.0.0.1"}  # noqa: S104
        return natively([known.get(word, word) for word in command])

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def is_healthy(self) -> bool:
        """What the image's health check finds."""
        done = subprocess.run(
            self.here(healthcheck()), cwd=self.folder, env=self.environment, check=False, timeout=30
        )
        return done.returncode == 0

    def get(self, path: str, host: str = HOST) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection):
            headers = {"Host": host, "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)


def natively(command: list[str]) -> list[str]:
    return [sys.executable if word == "python" else word for word in command]


def path() -> dict[str, str]:
    """The test run's own settings are kept from the containers."""
    return {"PATH": os.environ["PATH"]}


def at(real: str, planned: str) -> str:
    """The real server's address, in place of the one in the file."""
    assert real.split(":")[0] == planned.split(":")[0]
    assert real.rsplit("/", 1)[1] == planned.rsplit("/", 1)[1]
    return real


def wait_until(container: Container, sign: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while sign not in container.log:
        assert container.process.poll() is None, container.log
        assert time.monotonic() < deadline, container.log
        time.sleep(0.1)


def test_the_commands_of_all_services_make_a_working_site(image: Path, real: Services) -> None:
    early = Container("web1", image, real)
    assert early.process.wait(PATIENCE) != 0, "a web process must not serve old tables"
    assert "manage.py migrate" in early.log

    migrate = Container("migrate", image, real)
    assert migrate.process.wait(PATIENCE) == 0, migrate.log

    made = {file for file in image.rglob("*") if "__pycache__" not in file.parts}
    containers = {name: Container(name, image, real) for name in ("web1", "web2", "conductor")}
    try:
        wait_until(containers["conductor"], "The conductor is at work")
        for name in ("web1", "web2"):
            container = containers[name]
            wait_until(container, f"TalkTech is at https://{HOST}/")
            assert container.is_healthy(), container.log
            assert container.get("/health/") == (200, '{"status": "ok"}')
            assert container.get("/health/", host="elsewhere.example")[0] == 400
            status, page = container.get("/welcome/")
            assert status == 403  # without the link's key
            stylesheet = re.search(r"/static/css/base/tokens\.[0-9a-f]{12}\.css", page)
            assert stylesheet, "static files have hashed names"
            assert container.get(stylesheet[0])[0] == 200
        assert containers["conductor"].process.poll() is None
    finally:
        ends = {name: container.stop() for name, container in containers.items()}
    assert ends == {"web1": 0, "web2": 0, "conductor": 0}
    assert {file for file in image.rglob("*") if "__pycache__" not in file.parts} == made, (
        "the disk of a container is read-only"
    )


@pytest.mark.parametrize("name", WHOLE)
def test_every_container_has_limits_on_memory_and_processes(name: str) -> None:
    assert WHOLE[name]["pids_limit"] == 256
    assert re.fullmatch(r"\d+[mg]", WHOLE[name]["mem_limit"])


def test_database_and_redis_need_passwords_chosen_by_the_operator() -> None:
    for missing in PASSWORDS:
        with pytest.raises(AssertionError, match=missing):
            compose({**FILLED_IN, **PASSWORDS, missing: ""})
    for name in OURS:
        environment = WHOLE[name]["environment"]
        assert environment["DATABASE_URL"] == "postgres://talktech:of-postgres@db:5432/talktech"
        assert environment["REDIS_URL"] == "redis://:of-redis@redis:6379/0"
    assert WHOLE["db"]["environment"]["POSTGRES_PASSWORD"] == "of-postgres"
    assert "of-redis" not in " ".join(WHOLE["redis"]["command"])


@contextmanager
def redis_of_the_file() -> Iterator[int]:
    """The Redis service's command, on a free port."""
    port = free_port()
    *shell, script = WHOLE["redis"]["command"]
    process = subprocess.Popen(
        [*shell, f"{script} --port {port} --bind 127.0.0.1"],
        env={**path(), **WHOLE["redis"]["environment"]},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(timeout=15)


def test_redis_answers_only_with_its_password() -> None:
    def ask(password: str | None) -> bool:
        with redis.Redis(port=port, password=password) as client:
            return bool(client.ping())

    with redis_of_the_file() as port:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                assert ask("of-redis")
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        for wrong in (None, "talktech"):
            with pytest.raises(redis.AuthenticationError):
                ask(wrong)


@pytest.mark.parametrize(
    "typed",
    [f"https://{HOST}", f"https://{HOST}/", f"https://{HOST}:443", f"HTTPS://{HOST.upper()}/"],
)
def test_the_proxy_spells_the_address_as_browsers_do(typed: str) -> None:
    *shell, script = WHOLE["caddy"]["command"]
    shown = re.sub("exec .*", 'echo "$TALKTECH_URL $TALKTECH_HOST"', script)
    done = subprocess.run(
        [*shell, shown], env={**path(), "TALKTECH_URL": typed},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"https://{HOST} {HOST}\n"


def test_only_a_failed_health_check_takes_a_web_process_out() -> None:
    """A client can make its own requests fail; if that counted, it could take the site down."""
    words = [line.split("#")[0].split() for line in (ROOT / "Caddyfile").read_text().splitlines()]
    directives = {line[0]: line[1:] for line in words if line}
    assert not {"fail_duration", "unhealthy_status", "unhealthy_latency"} & set(directives)
    assert directives["health_interval"] == ["1s"]
    assert ["header_up", "Host", "{$TALKTECH_HOST}"] in words
