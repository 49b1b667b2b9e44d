"""Reads docker-compose.yml and the Dockerfile as a container engine would."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-+?])([^}]*))?\}")

Service = dict[str, Any]


def compose(settings: dict[str, str]) -> dict[str, Any]:
    """The file with an operator's settings filled in."""
    return filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), settings)  # type: ignore[no-any-return]


def filled(part: Any, settings: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: filled(value, settings) for key, value in part.items()}
    if isinstance(part, list):
        return [filled(value, settings) for value in part]
    if isinstance(part, str):
        return VARIABLE.sub(lambda found: value_of(found, settings), part)
    return part


def value_of(found: "re.Match[str]", settings: dict[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    value = settings.get(found[1], "")
    if found[2] == "+":
        return found[3] if value else ""
    if found[2] == "?":
        assert value, f"{found[1]}: {found[3]}"
        return value
    return value or found[3] or ""


def stages() -> dict[str, list[tuple[str, str]]]:
    """The Dockerfile's instructions, by the name of their stage."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        instruction, rest = line.split(" ", 1)
        if instruction == "FROM":
            current = found.setdefault(rest.split(" AS ")[1], [])
        current.append((instruction, rest))
    return found


def healthcheck() -> list[str]:
    """The command that checks a web process's health."""
    rest = next(rest for name, rest in stages()["product"] if name == "HEALTHCHECK")
    return list(json.loads(rest.split("CMD ", 1)[1]))


def image_environment() -> dict[str, str]:
    """The environment that the image sets, without the path of its Python."""
    rest = next(rest for name, rest in stages()["product"] if name == "ENV")
    pairs = (pair.split("=", 1) for pair in shlex.split(rest))
    return {name: value for name, value in pairs if name != "PATH"}
