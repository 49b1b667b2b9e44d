"""Real proxies with TLS, configured as the project and its documentation configure them."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.live import ROOT, Server, free_port
from tests.support.services import program, running

NAME = "chat.example.com"
PATIENCE = 30


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


def made_certificate(folder: Path) -> Certificate:
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        [
            program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", str(made.key), "-out", str(made.certificate),
            "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


@dataclass(frozen=True)
class Proxy:
    kind: str
    port: int
    tls: ssl.SSLContext
    log: Path

    def connection(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30)
        connection.sock = ssl_socket(self)
        return connection

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        with closing(self.connection()) as own:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            own.request("GET", path, headers={"Host": NAME, **named})
            response = own.getresponse()
            return response.status, response.headers, response.read()


def ssl_socket(proxy: Proxy) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
    return proxy.tls.wrap_socket(plain, server_hostname=NAME)


@contextmanager
def caddy(folder: Path, made: Certificate, servers: list[Server]) -> Iterator[Proxy]:
    """Caddy with the project's Caddyfile, with the test's ports and certificate."""
    port = free_port()
    text = (ROOT / "Caddyfile").read_text()
    for old, new in (
        ("http_port 8080", f"http_port {free_port()}"),
        ("https_port 8443", f"https_port {port}"),
        (":8081", f":{free_port()}"),
        ("encode zstd gzip", f"tls {made.certificate} {made.key}\n\tencode zstd gzip"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = folder / "Caddyfile"
    file.write_text(text)
    settings = {
        "TALKTECH_URL": f"https://{NAME}",
        "TALKTECH_HOST": NAME,
        "TALKTECH_WEB": " ".join(f"127.0.0.1:{server.port}" for server in servers),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = [program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]
    environment = [f"{name}={value}" for name, value in settings.items()]
    log = folder / "caddy.log"
    with running(["env", *environment, *command], log, signal.SIGTERM):
        yield answering(Proxy("caddy", port, made.trusted, log))


@contextmanager
def nginx(folder: Path, made: Certificate, servers: list[Server]) -> Iterator[Proxy]:
    """nginx as docs/install.md configures it, with the test's ports and certificate."""
    port = free_port()
    text = documented(r"map \$http_upgrade")
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(made.certificate)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(made.key)),
        ("127.0.0.1:8000", f"127.0.0.1:{servers[0].port}"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\n{kept}{text}\n}}\n"
    )
    command = [program("nginx"), "-p", str(folder), "-c", str(file), "-e", "stderr"]
    log = folder / "nginx.log"
    with running(command, log, signal.SIGQUIT):
        yield answering(Proxy("nginx", port, made.trusted, log))


def documented(beginning: str) -> str:
    """The code block of docs/install.md whose text starts with `beginning`."""
    text = (ROOT / "docs" / "install.md").read_text()
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    [block] = [block for block in blocks if re.match(rf"\s*{beginning}", block)]
    return textwrap.dedent(block)


def answering(proxy: Proxy) -> Proxy:
    """The proxy, as soon as a page comes through it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if proxy.get("/health/")[0] == 200:
                return proxy
        except OSError:
            pass
        assert time.monotonic() < deadline, proxy.log.read_text()
        time.sleep(0.1)
