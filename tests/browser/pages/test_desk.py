"""An admin plans the weekly chat and a curator prepares a session, in real browsers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.live import Server, site_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Server]:
    """A server with people and no series yet."""
    with site_in(tmp_path) as site:
        yield site.serve()


def topic(page: Page, number: int) -> Locator:
    return page.locator(f"section.topic[data-topic='{number}']")


async def fill_article(row: Locator, title: str) -> None:
    await row.get_by_label("Link").fill(f"example.com/{title.lower().replace(' ', '-')}")
    await row.get_by_label("Title").fill(title)


async def choose(page: Page, row: int, person: str) -> None:
    await page.locator("[data-row]").nth(row).get_by_label("Curator").select_option(label=person)


async def stands_in_order(page: Page, *texts: str) -> None:
    """Each of these texts is lower on the page than the one before."""
    boxes = [await page.get_by_text(text, exact=True).first.bounding_box() for text in texts]
    heights = [box["y"] for box in boxes if box]
    assert len(heights) == len(texts) and heights == sorted(heights)


async def press(page: Page, button: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=button, exact=True).click()


async def test_from_no_series_to_a_published_session(fresh: Server, open_page: Open) -> None:
    ada = await open_page("ada@example.com", "/admin/curation/series/add/", of=fresh)
    await ada.get_by_label("Weekday").select_option(label="Thursday")
    await ada.get_by_label("Starts at").fill("14:00")
    await choose(ada, 0, "Priya Raman, Learning Services")
    await press(ada, "Save")
    await expect(ada.get_by_text("8 sessions scheduled.")).to_be_visible()

    await ada.get_by_role("button", name="Add a curator").click()
    await choose(ada, 1, "Jonas Meyer, Platform")
    await press(ada, "Save")
    await expect(ada.get_by_role("region", name="Nothing has been saved yet")).to_be_focused()
    await expect(ada.locator(".coming-sessions .new")).to_have_text(["Jonas Meyer"] * 4)
    await press(ada, "Save these changes")
    curators = ada.locator(".coming-sessions td:last-child")
    await expect(curators).to_have_text(["Priya Raman", "Jonas Meyer"] * 4)

    priya = await open_page("priya@example.com", "/admin/", of=fresh, width=390)
    await expect(priya).to_have_url(re.compile("/admin/curation/chatsession/"))
    await priya.locator("#result_list a").first.click()
    await expect(priya.locator(".checklist li")).to_have_count(7)
    # The script removes the spare rows, which moves what is below them.
    await expect(topic(priya, 1).locator("[data-row]")).to_have_count(1)
    await stands_in_order(priya, "Title", "Introduction", "Before you can publish", "Call off")
    await priya.get_by_role("link", name="Add an article to topic 3.").click()
    await expect(topic(priya, 3).get_by_label("Link")).to_be_focused()
    await expect(priya.get_by_role("button", name="Save", exact=True)).to_be_in_viewport()

    await priya.get_by_label("Title", exact=True).first.fill("Learning at work")
    await priya.get_by_label("Introduction", exact=True).fill("Read *these*.")
    for number in (1, 2, 3):
        rows = topic(priya, number).locator("[data-row]")
        await expect(rows).to_have_count(1)  # the spare rows are for those without JavaScript
        await topic(priya, number).get_by_label("Question").fill(f"Question {number}?")
        await fill_article(rows.first, f"First {number}")
    await topic(priya, 2).get_by_role("button", name="Add another article").click()
    second = topic(priya, 2).locator("[data-row]").last
    await expect(second.get_by_label("Link")).to_be_focused()
    await fill_article(second, "Second 2")
    await second.get_by_label("Position").fill("1")
    await topic(priya, 2).get_by_label("Position").first.fill("2")
    await topic(priya, 3).get_by_text("Prompts", exact=True).click()
    await expect(topic(priya, 3).get_by_label("Follow-up question")).to_have_count(0)
    await topic(priya, 3).get_by_role("button", name="Add a prompt").click()
    await expect(topic(priya, 3).get_by_label("Minute", exact=True)).to_be_focused()
    await priya.keyboard.type("7")
    await topic(priya, 3).get_by_label("Follow-up question").fill("And where not?")
    await topic(priya, 3).get_by_label("Only if nobody has posted").check()
    await press(priya, "Save and publish")
    await expect(topic(priya, 3).get_by_label("Follow-up question")).to_have_value("And where not?")
    await expect(topic(priya, 3).get_by_label("Only if nobody has posted")).to_be_checked()
    await expect(priya.get_by_text("Everyone can read it now")).to_be_visible()

    await priya.get_by_role("link", name="View as a reader").click()
    pre_read = priya.url.removeprefix(fresh.base)
    dana = await open_page("dana@example.com", pre_read, of=fresh)
    await expect(dana.get_by_role("heading", name="Learning at work")).to_be_visible()
    await expect(dana.locator(".intro em")).to_have_text("these")
    titles = topic(dana, 2).locator(".article a")
    await expect(titles).to_have_text(["Second 2", "First 2"])
    await expect(titles.first).to_have_attribute("href", "https://example.com/second-2")


async def test_enter_in_a_panel_means_its_own_button(fresh: Server, open_page: Open) -> None:
    fresh.site.manage("shell", "-c", PLAN)
    priya = await open_page("priya@example.com", "/admin/curation/chatsession/", of=fresh)
    await priya.locator("#result_list a").first.click()
    # Until its script has run, Enter means the page's first button, as in any form.
    await expect(topic(priya, 1).locator("[data-row]")).to_have_count(1)
    await priya.get_by_label("Title", exact=True).first.fill("Typed before")
    await priya.locator("summary", has_text="Call off").click()
    async with priya.expect_navigation():
        await priya.get_by_label("Reason", exact=True).press("Enter")
    alert = priya.get_by_role("alert")
    await expect(alert).to_be_focused()
    await alert.get_by_role("link", name="Reason: Give a reason").click()
    await expect(priya.get_by_label("Reason", exact=True)).to_be_focused()
    await expect(priya.get_by_label("Title", exact=True).first).to_have_value("Typed before")
    await priya.get_by_label("Reason", exact=True).fill("A holiday.")
    async with priya.expect_navigation():
        await priya.get_by_label("Reason", exact=True).press("Enter")
    await expect(priya.locator(".state")).to_have_text("Called off")


PLAN = """
from datetime import time
from curation.rota import schedule
from curation.clock import database_now
from curation.models import Series
from people.models import User
series = Series.objects.create(weekday=3, local_time=time(14), time_zone="Europe/Berlin")
series.turns.create(person=User.objects.get(email="priya@example.com"), position=1)
schedule.plan(series, database_now())
"""
