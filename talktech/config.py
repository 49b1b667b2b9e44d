"""The settings of an installation: name, type, default and description of each, and their checks.

The reference page and `.env.example` are generated from this class (`manage.py
settings_reference`), so a setting is described once, here. It is one list, so it stays one module.
"""

import os
import re
import secrets
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_PORTS = {"http": 80, "https": 443}
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
SHORTEST_SECRET = 20
FEWEST_DIFFERENT = 10


class UnsafeSettings(Exception):
    """The settings are invalid or unsafe; the text says what to change."""


def web_address(value: str) -> str:
    """Return the address spelled as browsers spell an origin; '' stays ''."""
    if not value:
        return ""
    fault = ValueError("must be an address like https://chat.example.com, without a path")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise fault from None
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in DEFAULT_PORTS or not plain or port == 0 or not is_host(host):
        raise fault
    shown = f"[{host}]" if ":" in host else host
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{shown}"
    return f"{parts.scheme}://{shown}:{port}"


def is_host(name: str) -> bool:
    """True for an IP address, and for a host name in ASCII without empty labels or a final dot."""
    try:
        address = ip_address(name)
    except ValueError:
        labels = name.split(".")
        return len(name) <= 253 and all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    return not (isinstance(address, IPv6Address) and address.scope_id)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    talktech_url: Annotated[str, AfterValidator(web_address)] = Field(
        "",
        description="The address people type, as https://chat.example.com. The only origin that "
        "may open the room. Without it only loopback addresses are served.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Signs cookies and links. Fifty random characters that nobody else knows. "
        "Without it, and without TALKTECH_URL, one is created and stored in var/secret_key.",
    )
    debug: bool | None = Field(
        None,
        description="Django's own error pages, for working on the code. On when neither "
        "SECRET_KEY nor TALKTECH_URL is set; never for an installation that people use.",
    )
    database_url: str = Field(
        f"sqlite:///{ROOT / 'var' / 'talktech.sqlite3'}",
        description="postgres://user:password@host/name for PostgreSQL; else a file of SQLite.",
    )
    redis_url: str = Field(
        "",
        description="redis://host:6379/0 wakes the other processes within milliseconds. "
        "One process does not need it; several without it see each other's posts within a second.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="How many of your proxies are in front of TalkTech, so that limits count "
        "people and not the proxy. 1 behind Caddy or nginx.",
    )
    static_hashed: bool = Field(
        False,
        description="Serve static files by hashed names from staticfiles/ (after collectstatic), "
        "so that browsers may cache them for ever. The container image sets it.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    sign_in_days: int = Field(
        30, ge=1, le=365, description="Days before everyone has to sign in again."
    )
    sign_in_idle_days: int = Field(
        10,
        ge=1,
        le=365,
        description="Days without opening a page after which a person has to sign in again. "
        "With ten, people who come once a week stay signed in.",
    )

    email_host: str = Field(
        "", description="Mail server. Without one, emails are printed in the terminal instead."
    )
    email_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    email_user: str = Field("", description="User name at the mail server.")
    email_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    email_security: str = Field(
        "starttls", pattern="^(none|starttls|tls)$", description="none, starttls or tls."
    )
    email_from: str = Field(
        "TalkTech <talktech@localhost>", description="Sender of every email.", max_length=200
    )

    limit_posts: int = Field(
        10,
        ge=0,
        description="Posts of one person in 20 seconds, over all of their tabs; 0: no limit.",
    )
    limit_changes: int = Field(
        20,
        ge=0,
        description="Reactions, edits and removals of one person in 10 seconds, over all of their "
        "tabs; 0: no limit.",
    )
    limit_session_posts: int = Field(20_000, ge=1, description="Posts in one session.")
    limit_sockets: int = Field(10, ge=1, description="Open rooms (tabs) of one person per process.")
    limit_frames: int = Field(
        30, ge=1, description="Frames a second from one tab; three times as many at once."
    )
    limit_outgoing: int = Field(
        2**20, ge=2**16, description="Bytes that may wait for a slow reader before it is cut off."
    )
    limit_connections: int = Field(
        4_000,
        ge=10,
        description="Open connections of one address per process; behind a proxy, sockets of one "
        "address. A whole office may share an address.",
    )
    limit_people: int = Field(5_000, ge=1, description="People in one room.")

    @model_validator(mode="after")
    def check_safety(self) -> "Settings":
        if self.debug is None:
            self.debug = not self.talktech_url and self.secret_key is None
        if self.secret_key is None:
            if not self.debug or self.talktech_url:
                raise ValueError(
                    "SECRET_KEY is missing. Set it to fifty random characters, for example the "
                    "output of: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
                )
            self.secret_key = SecretStr(stored_secret(ROOT / "var" / "secret_key"))
        secret = self.secret_key.get_secret_value()
        if len(secret) < SHORTEST_SECRET:
            raise ValueError("SECRET_KEY is too short to be secret: give it fifty characters.")
        if len(set(secret)) < FEWEST_DIFFERENT:
            raise ValueError(
                f"SECRET_KEY is easy to guess: it needs at least {FEWEST_DIFFERENT} different "
                "characters. Make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
            )
        if self.debug and self.talktech_url and self.host not in LOOPBACK:
            raise ValueError("DEBUG shows secrets to everyone: unset it where TALKTECH_URL is set.")
        return self

    @property
    def host(self) -> str:
        """The host of TALKTECH_URL without its port, '' without one."""
        return re.sub(r":\d+\Z", "", self.netloc)

    @property
    def netloc(self) -> str:
        """The Host header for TALKTECH_URL: its host, with the port unless it is the default."""
        return self.talktech_url.partition("://")[2]

    @property
    def secure(self) -> bool:
        return self.talktech_url.startswith("https://")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *args: Any, **sources: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (sources["init_settings"], sources["env_settings"], SecretFiles(settings_cls))


class SecretFiles(EnvSettingsSource):
    """Reads a setting from a file: `NAME_FILE=/run/secrets/name` sets NAME to its content."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{field_name.upper()}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as fault:
            raise UnsafeSettings(f"{field_name.upper()}_FILE can't be read: {fault}") from fault


def stored_secret(path: Path) -> str:
    """Return the secret in that file, which is created on first use, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


def load() -> Settings:
    """Return the settings from this process's environment.

    Raises UnsafeSettings with one sentence for each fault.
    """
    try:
        return Settings()
    except SettingsError as wrapped:
        raise wrapped.__cause__ or wrapped from None
    except ValidationError as invalid:
        faults = []
        for error in invalid.errors():
            name = ".".join(str(part) for part in error["loc"]).upper()
            text = error["msg"].removeprefix("Value error, ")
            faults.append(f"{name}: {text}" if name else text)
        raise UnsafeSettings("\n".join(faults)) from None
