"""Answers prepared on the pre-read, in a real browser, with and without script."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.pages.test_every_page import AXE, judge
from tests.support.live import Server, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTIONS = """
from curation.clock import database_now
from curation.models import ChatSession
session = ChatSession.objects.get(pk={session})
for topic in session.topics.all():
    topic.question = f"Question {{topic.position}}?"
    topic.save()
"""


def pre_read(site: Site, starts_in: timedelta) -> str:
    rehearsal = site.rehearse(starts_in)
    site.manage("shell", "-c", QUESTIONS.format(session=rehearsal.id))
    return rehearsal.path


def answer(page: Page, question: str) -> Locator:
    return page.get_by_role("textbox", name=question)


async def keep(page: Page) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name="Save privately").click()


async def test_an_answer_is_saved_and_one_that_is_too_long_stays_to_be_corrected(
    site: Site, server: Server, open_page: Open
) -> None:
    path = pre_read(site, timedelta(hours=1))
    dana = await open_page("dana@example.com", path, width=390)
    await answer(dana, "Question 2?").fill("Two lines\nof my own")
    await keep(dana)
    await expect(dana.get_by_text("Saved. Only you can see it.")).to_be_in_viewport()
    await answer(dana, "Question 1?").fill("x" * 2001)
    await keep(dana)
    await expect(dana.get_by_role("alert")).to_be_in_viewport()
    await expect(answer(dana, "Question 1?")).to_have_value("x" * 2001)
    await expect(answer(dana, "Question 1?")).to_have_attribute("aria-invalid", "true")
    await dana.evaluate(AXE)
    assert await judge(dana, path) == []
    jonas = await open_page("jonas@example.com", path)
    await expect(answer(jonas, "Question 2?")).to_have_value("")


async def test_a_page_with_unsaved_text_is_not_reloaded(site: Site, open_page: Open) -> None:
    path = pre_read(site, timedelta(minutes=10, seconds=15))
    typing = await open_page("dana@example.com", path)
    await answer(typing, "Question 1?").fill("Half a thought")
    reading = await open_page("jonas@example.com", path)
    await expect(reading.get_by_role("link", name="Enter the room")).to_be_visible(timeout=40_000)
    await expect(answer(typing, "Question 1?")).to_have_value("Half a thought")
    await keep(typing)
    await expect(typing.get_by_role("link", name="Enter the room")).to_be_visible()


async def test_it_works_without_script(site: Site, server: Server, chromium: Browser) -> None:
    path = pre_read(site, timedelta(hours=1))
    context = await chromium.new_context(base_url=server.base, java_script_enabled=False)
    jar = server.browser().sign_in("dana@example.com").jar
    await context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": server.base} for one in jar]
    )
    page = await context.new_page()
    await page.goto(path)
    await answer(page, "Question 3?").fill("Without script")
    await keep(page)
    await expect(answer(page, "Question 3?")).to_have_value("Without script")
    await answer(page, "Question 3?").fill("")
    await keep(page)
    await page.goto(path)
    await expect(answer(page, "Question 3?")).to_have_value("")
    await context.close()
