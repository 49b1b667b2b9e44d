"""Takes the screenshots for the README from the running product: `make pictures`.

The demo is loaded so that its second topic is running, with the posts up to that moment, and the
pages are photographed in Chromium. Reactions need a font with colour emoji, such as Debian's
fonts-noto-color-emoji.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
AGO = timedelta(minutes=15)

sys.path.insert(0, str(ROOT))


def load_demo() -> str:
    """Load a demo in the middle of its second topic. Returns the path of its session."""
    import django

    django.setup()
    from django.core.management import call_command

    from curation.clock import database_now
    from people.models import User
    from talktech.demo import loader, scripts

    call_command("migrate", verbosity=0)
    now = database_now()
    session = loader.load(now - AGO)
    keys = {one["email"]: one["key"] for one in scripts.company()["people"]}
    people = {keys[user.email]: user for user in User.objects.all()}
    loader.replay(session, scripts.live(), people, until=now)
    return session.get_absolute_url()


def photograph(path: str) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=chromium.FLAGS)
        context = browser.new_context(
            base_url=BASE,
            viewport={"width": 1360, "height": 820},
            timezone_id="Europe/Berlin",
            color_scheme="light",
        )
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_role("button", name="An employee").click()
        page.goto(f"{path}room/")
        page.wait_for_timeout(12_000)
        page.screenshot(path=PICTURES / "room.png")
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURES / "room-narrow.png")
        page.set_viewport_size({"width": 1360, "height": 820})
        for name, address in {
            "pre-read": path,
            "transcripts": "/transcripts/",
        }.items():
            page.goto(address)
            page.wait_for_timeout(500)
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/pictures.sqlite3",
            SECRET_KEY="only for the pictures, a moment long",  # noqa: S106
            DEBUG="false",
            REDIS_URL="",
            TALKTECH_URL="",
            DJANGO_SETTINGS_MODULE="talktech.settings",
        )
        path = load_demo()
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(PORT)], cwd=ROOT
        )
        try:
            for _ in range(100):
                try:
                    urlopen(f"{BASE}/health/")
                    break
                except OSError:
                    time.sleep(0.2)
            photograph(path)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
