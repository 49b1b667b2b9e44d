"""The room beside its posts: by ear, by keyboard, in the browser's tab, at the end."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.test_session import conversation, post, say
from tests.live import House

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PATIENCE = 15_000


def announcer(page: Page) -> Locator:
    return page.locator("[data-part=announcer]")


async def test_posts_are_read_by_a_voice_of_its_own_and_not_by_the_log(
    house: House, open_page: Open
) -> None:
    room = f"{house.rehearse(-5 * MINUTES).path}room/"
    dana = await open_page("dana@example.com", room)
    await post(dana, "Said before you came")
    await expect(conversation(dana).get_by_role("article")).to_have_count(1)
    jonas = await open_page("jonas@example.com", room)
    await expect(conversation(jonas)).to_have_attribute("aria-live", "off")
    await expect(conversation(jonas).get_by_role("article")).to_have_count(1)
    await post(dana, "Here is a thought")
    await expect(announcer(jonas)).to_contain_text("Dana Kowalski: Here is a thought")
    await expect(announcer(jonas)).not_to_contain_text("Said before")
    await expect(announcer(dana)).not_to_contain_text("Here is a thought")


async def test_the_pace_of_reading_is_chosen_once_for_this_browser(
    house: House, open_page: Open
) -> None:
    room = f"{house.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    await page.get_by_text("Sound and reading").click()
    await page.get_by_label("Only the host and mentions of me").check()
    await page.get_by_label("A soft chime").check()
    await page.reload()
    await page.get_by_text("Sound and reading").click()
    await expect(page.get_by_label("Only the host and mentions of me")).to_be_checked()
    await expect(page.get_by_label("A soft chime")).to_be_checked()


async def test_a_question_mark_lists_the_keys_but_not_while_one_types(
    house: House, open_page: Open
) -> None:
    room = f"{house.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    help = page.get_by_role("dialog", name="By keyboard")
    await say(page).click()
    await page.keyboard.type("Why?")
    await expect(say(page)).to_have_value("Why?")
    await expect(help).to_be_hidden()
    talking = page.get_by_role("radio", name="Talking")
    await talking.focus()
    await page.keyboard.press("?")
    await expect(help).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(help).to_be_hidden()
    await expect(talking).to_be_focused()
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await expect(help).to_be_visible()
    await help.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()


async def test_the_browsers_tab_shows_the_time_left_and_the_bars(
    house: House, open_page: Open
) -> None:
    room = f"{house.rehearse(-14 * MINUTES, title='In the flow').path}room/"
    page = await open_page("dana@example.com", room)
    await expect(page).to_have_title(re.compile(r"^05:\d\d · Topic 2 · In the flow"))
    icon = page.locator("link[rel=icon]")
    await expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    over = f"{house.rehearse(-31 * MINUTES, title='In the flow').path}room/"
    await page.goto(over)
    await expect(page).to_have_title(re.compile("^Over · In the flow"))
    await expect(icon).to_have_attribute("href", re.compile(r"favicon.*\.svg$"))
