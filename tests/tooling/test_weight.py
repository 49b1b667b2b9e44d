"""What a room's page costs: its bytes as they are sent, compressed, fonts aside."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from curation.models import ChatSession
from people.models import User
from tests.conftest import PASSWORD

STATIC = Path(__file__).resolve().parents[2] / "static"
MOST = 120_000
# A name, a type, a length, an age: what each answer says before its body.
HEADERS = 300


def add_with_imports(module: str, known: set[str]) -> set[str]:
    """Add the files of a module and of all that it imports to `known`; returns `known`."""
    if module in known:
        return known
    known.add(module)
    text = (STATIC / module).read_text()
    for name in re.findall(r'^import [^;"]*"tt/([^"]+)";$', text, re.MULTILINE):
        add_with_imports(f"js/{name}.js", known)
    return known


def size(body: bytes) -> int:
    return len(gzip.compress(body, 6)) + HEADERS


@pytest.mark.parametrize("path", ["room/", "room/screen/"])
def test_the_page_of_a_room_weighs_less_than_120_kilobytes(
    client: Client, session: ChatSession, dana: User, path: str
) -> None:
    client.login(username=dana.email, password=PASSWORD)
    html = client.get(f"{session.get_absolute_url()}{path}").content
    page = html.decode()
    files = set(re.findall(r'<link rel="(?:stylesheet|icon)" href="/static/([^"]+)"', page))
    for script in re.findall(r'<script type="module" src="/static/([^"]+)"', page):
        add_with_imports(script, files)
    assert any(name.endswith(".css") for name in files)
    assert any(name.endswith(".js") for name in files)
    weights = {name: size((STATIC / name).read_bytes()) for name in files} | {"page": size(html)}
    heaviest = sorted(weights.items(), key=lambda one: -one[1])[:10]
    assert sum(weights.values()) < MOST, f"{sum(weights.values())} bytes, most of them {heaviest}"
