"""The import map and the preloads of a page are generated from the files."""

import json
import re

from django.test import Client

from curation.models import ChatSession
from people.models import User
from tests.tooling.test_weight import STATIC, add_with_imports


def test_the_import_map_has_every_module(client: Client, dana: User) -> None:
    client.force_login(dana)
    page = client.get("/").content.decode()
    found = re.search(r'<script type="importmap" nonce="[^"]+">(.+?)</script>', page)
    assert found
    files = [path.relative_to(STATIC / "js").as_posix() for path in STATIC.glob("js/**/*.js")]
    assert len(files) > 50
    assert json.loads(found[1]) == {
        "imports": {f"tt/{name.removesuffix('.js')}": f"/static/js/{name}" for name in files}
    }


def test_the_rooms_page_preloads_every_module_that_it_imports(
    client: Client, session: ChatSession, dana: User
) -> None:
    client.force_login(dana)
    page = client.get(f"{session.get_absolute_url()}room/").content.decode()
    (entry,) = re.findall(r'<script type="module" src="/static/(js/[^"]*room\.js)">', page)
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)
    assert len(preloaded) > 30
    assert preloaded == sorted(add_with_imports(entry, set()) - {entry})
