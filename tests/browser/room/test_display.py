"""The room on a meeting room's big screen."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, Scheme
from tests.browser.pages.test_every_page import AXE
from tests.browser.room.test_session import conversation, post, question
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PATIENCE = 15_000
# Letters of 12 mm are read from five metres on a screen of 1.2 m: a font of some 32 pixels.
LEAST = 32
WIDTHS = "[innerWidth, document.documentElement.scrollWidth <= innerWidth + 1]"


async def size_of(page: Page, selector: str) -> float:
    size = await page.locator(selector).first.evaluate("it => getComputedStyle(it).fontSize")
    return float(size.removesuffix("px"))


async def until_it_fits(page: Page, width: int) -> None:
    """Asked from here, time and again, as a size reaches the page a little after it was set.

    `wait_for_function` can't: from its second look on it evaluates in the page, and the policy
    refuses that.
    """
    async with asyncio.timeout(PATIENCE / 1000):
        while await page.evaluate(WIDTHS) != [width, True]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_shows_question_clock_and_conversation_large_and_nothing_to_press(
    site: Site, open_page: Open, scheme: Scheme
) -> None:
    room = f"{site.rehearse(-14 * MINUTES).path}room/"
    dana = await open_page("dana@example.com", room)
    wall = await open_page(
        "jonas@example.com", f"{room}screen/", width=1920, height=1080, scheme=scheme
    )
    await expect(wall.get_by_text("0 talking · 2 reading")).to_be_visible()
    for n in range(9):
        await post(dana, f"A thought of some length, number {n}")
    last = conversation(wall).get_by_role("article").last
    await expect(last).to_contain_text("number 8", timeout=PATIENCE)
    await expect(last).to_be_in_viewport(ratio=1)
    await expect(question(wall)).to_be_in_viewport(ratio=1)
    assert await size_of(wall, "article [data-part=body]") >= LEAST
    assert await size_of(wall, "[data-part=question]") >= 2 * LEAST
    assert await size_of(wall, "[data-part=left]") >= 2 * LEAST
    await expect(wall.locator("button:visible, textarea:visible, input:visible")).to_have_count(0)
    await wall.evaluate(AXE)
    found = await wall.evaluate("() => axe.run(document, {preload: false})")
    assert [one["id"] for one in found["violations"]] == []
    for width, height in ((1360, 820), (820, 1100), (390, 844)):
        await wall.set_viewport_size({"width": width, "height": height})
        await until_it_fits(wall, width)


async def test_it_counts_down_in_the_lobby_and_turns_into_the_room(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(5 * MINUTES, title="Ten past nine")
    wall = await open_page("dana@example.com", f"{rehearsal.path}room/screen/")
    await expect(wall.get_by_role("heading", name="Ten past nine", level=2)).to_be_visible()
    await expect(wall.locator("[data-part=lobby-left]")).to_have_text(re.compile("0[45]:"))
    site.move(rehearsal, SECONDS)
    await expect(wall.get_by_text("Topic 1 of 3")).to_be_visible(timeout=PATIENCE)


async def test_it_ends_with_thanks(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(-25 * MINUTES)
    room = f"{rehearsal.path}room/"
    dana = await open_page("dana@example.com", room)
    wall = await open_page("jonas@example.com", f"{room}screen/", width=1920, height=1080)
    await post(dana, "In time")
    await expect(conversation(wall)).to_contain_text("In time")
    site.move(rehearsal, -30 * MINUTES + SECONDS)
    await expect(wall.get_by_role("heading", name="Thank you")).to_be_visible(timeout=PATIENCE)
    await expect(wall.get_by_text("1 post by 1 person")).to_be_visible()
    await expect(wall.locator("[data-part=takers]")).to_contain_text("Dana Kowalski")
    await expect(wall.locator("main").locator("a:visible, button:visible")).to_have_count(0)


async def test_the_room_leads_to_it(site: Site, open_page: Open) -> None:
    page = await open_page("dana@example.com", f"{site.rehearse(-5 * MINUTES).path}room/")
    link = page.get_by_role("link", name="Big-screen view")
    await expect(link).to_have_attribute("href", re.compile(r"/room/screen/$"))
