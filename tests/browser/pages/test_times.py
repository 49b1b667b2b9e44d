"""Times as their reader writes them: in their zone, by their clock, in their English."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import MINUTES, PATIENCE, on, post
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUSTOMS = {
    "en-US": (r"\d{1,2}:\d\d\s(AM|PM)", r"[A-Z][a-z]+day, [A-Z][a-z]+ \d+"),
    "de-DE": (r"\d\d:\d\d", r"[A-Z][a-z]+day \d+ [A-Z][a-z]+"),
}


async def times(page: Page, shape: str) -> list[str]:
    return await page.locator(f"time[data-shape={shape}]").all_text_contents()


@pytest.mark.parametrize("locale", CUSTOMS)
async def test_a_time_is_written_in_one_way_wherever_it_stands(
    site: Site, open_page: Open, locale: str
) -> None:
    time, day = CUSTOMS[locale]
    rehearsal = site.rehearse(-5 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/", locale=locale)
    until = page.get_by_text(re.compile(f"Topic 1 of 3 · until {time}$"))
    await expect(until).to_be_visible(timeout=PATIENCE)
    article = await post(page, "At a time")
    await expect(on(page, "At a time").locator("time")).to_have_text(re.compile(f"^{time}$"))
    assert await article.locator("time").count() == 1
    for path in (rehearsal.path, f"{rehearsal.path}transcript/"):
        await page.goto(path)
        # What the server wrote, before any script, is the same.
        html = await page.evaluate("fetch(location.href).then((answer) => answer.text())")
        written = re.findall(r'data-shape="time">([^<]+)<', html)
        assert written
        for text in [*written, *await times(page, "time")]:
            assert re.fullmatch(time, text), text
        for text in await times(page, "day"):
            assert re.fullmatch(day, text), text


async def test_a_first_visit_names_the_zone_that_it_shows(site: Site, open_page: Open) -> None:
    """The server did not know the browser's zone yet, and wrote UTC."""
    page = await open_page(
        "dana@example.com", site.rehearse(-5 * MINUTES).path, timezone_id="Asia/Tokyo"
    )
    when = page.locator("[data-whose]")
    assert await page.locator("html").get_attribute("data-zone") == "UTC"
    await expect(when).to_have_text(re.compile(r"^your time \(Tokyo, UTC\+9\)"))
