"""`manage.py settings_reference`: generates docs/configuration.md and .env.example."""

import types
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, get_args, get_origin

from django.core.management.base import BaseCommand, CommandError
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from talktech.config import ROOT, Settings

TO_FILL_IN = ("talktech_url", "secret_key")
WORDS = {str: "text", SecretStr: "secret text", int: "number", bool: "true or false"}

# A backslash continues the line: a paragraph of the page is one line.
PAGE = """\
# Configuration

<!-- Written by `manage.py settings_reference` from talktech/config.py; change it there. -->

Settings are environment variables. With none at all TalkTech runs for you alone, on SQLite, at a \
loopback address. An empty variable counts as not set.

Each of them may come from a file instead: `SECRET_KEY_FILE=/run/secrets/secret_key` gives \
`SECRET_KEY` the content of that file, without surrounding white space. Where both are set, the \
variable counts.

An invalid value (a secret that is too short, an address with a path, a port out of range) \
stops every command at its start, with a sentence that says what to change.

| Setting | Type | Default | What it is for |
| --- | --- | --- | --- |
"""

EXAMPLE = """\
# The settings of an installation: copy this file to .env and fill in the first two; for
# docker-compose.yml, the two passwords at the end as well.
# Each may come from a file instead, by its name with _FILE behind it.
# Written by `manage.py settings_reference`; docs/configuration.md says more.
"""

CONTAINERS = """
# For docker-compose.yml only: the passwords of its own PostgreSQL and Redis. Letters and digits
# that nobody else knows, for example: python3 -c 'import secrets; print(secrets.token_hex(24))'
POSTGRES_PASSWORD=
REDIS_PASSWORD=
"""


class Command(BaseCommand):
    help = "Write docs/configuration.md and .env.example from the settings."
    requires_system_checks = ()  # it must work whatever else is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if a page is out of date."
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        pages = {ROOT / "docs" / "configuration.md": reference(), ROOT / ".env.example": example()}
        stale = [path for path, text in pages.items() if written(path) != text]
        if check and stale:
            names = " and ".join(str(path.relative_to(ROOT)) for path in stale)
            raise CommandError(f"Out of date: {names}. Run `manage.py settings_reference`.")
        for path in stale:
            path.write_text(pages[path], encoding="utf-8")
            self.stdout.write(f"Wrote {path.relative_to(ROOT)}.")


def written(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def reference() -> str:
    """Return the text of docs/configuration.md."""
    return PAGE + "".join(row(name, field) for name, field in Settings.model_fields.items())


def row(name: str, field: FieldInfo) -> str:
    default = shown(field)
    cells = (f"`{name.upper()}`", kind(field), f"`{default}`" if default else "", field.description)
    return "| " + " | ".join((cell or "").replace("|", "\\|") for cell in cells) + " |\n"


def example() -> str:
    """Return the text of .env.example: what must be filled in, and the rest with its defaults."""
    parts = [EXAMPLE]
    for name, field in Settings.model_fields.items():
        mark = "" if name in TO_FILL_IN else "#"
        parts.append(f"\n# {field.description}\n{mark}{name.upper()}={shown(field)}\n")
    return "".join([*parts, CONTAINERS])


def kind(field: FieldInfo) -> str:
    """Return the type in a word, with its bounds."""
    annotation: Any = field.annotation
    if get_origin(annotation) is types.UnionType:
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    word = WORDS[annotation]
    if low is not None and high is not None:
        return f"{word}, {low} to {high}"
    return f"{word}, {low} or more" if low is not None else word


def shown(field: FieldInfo) -> str:
    """Return the default as text, with paths relative to the project."""
    default = field.default
    if default is None:
        return ""
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, bool):
        return str(default).lower()
    return str(default).replace(f"{ROOT}/", "")
