"""The room as a person meets it, for tests: its field, its posts, and what one does with them."""

import re
from datetime import timedelta

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.live import Site

MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PATIENCE = 15_000


def say(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("Answer topic"))


def posts(page: Page) -> Locator:
    return page.locator("[data-round] article")


def on(page: Page, text: str) -> Locator:
    return posts(page).filter(has=page.locator("[data-part=body]", has_text=text))


async def post(page: Page, text: str, *, link: str = "") -> Locator:
    await say(page).fill(f"{text} {link}")
    await say(page).press("Enter")
    await expect(on(page, text)).to_be_visible()
    return on(page, text)


async def choose(page: Page, text: str, action: str) -> None:
    """From the menu of a post."""
    await on(page, text).hover()
    await on(page, text).get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name=action).click()


async def enter(site: Site, open_page: Open, *emails: str) -> list[Page]:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    pages = [await open_page(f"{email}@example.com", room) for email in emails]
    for page in pages:
        await expect(page.get_by_text("talking ·")).to_be_visible()
    return pages
