"""The room on a wide screen, on a tablet held upright, on a phone; and its lobby."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import FloatRect, Page, expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import MINUTES, post, say
from tests.browser.room.test_conversation import faults
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("ROOM_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def box(page: Page, selector: str) -> FloatRect:
    found = await page.locator(selector).bounding_box()
    assert found is not None
    return found


async def test_a_wide_screen_keeps_the_conversation_in_its_middle(
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room, width=1920, height=1080)
    await post(page, "A sentence that is read " * 20)
    chat = await box(page, ".room > .chat")
    middle = chat["x"] + chat["width"] / 2
    for selector in ("[data-round] article", ".composer .message-box"):
        part = await box(page, selector)
        assert abs(part["x"] + part["width"] / 2 - middle) < 12
        assert part["width"] <= 46.5 * 16
    assert (await box(page, "#question"))["x"] == (await box(page, ".composer .message-box"))["x"]
    await picture(page, "wide")


async def test_a_tablet_held_upright_shows_agenda_or_people_beside_the_conversation(
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room, width=820, height=1180)
    agenda, people = page.locator("#agenda-panel"), page.locator("#people-panel")
    await expect(agenda).to_be_visible()
    await expect(people).to_be_hidden()
    await post(page, "With the agenda beside it")
    await picture(page, "tablet-agenda")
    await expect(page.get_by_role("tab")).to_have_text([re.compile("Agenda"), re.compile("People")])
    await page.get_by_role("tab", name="Agenda").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="People")).to_be_focused()
    await expect(people).to_be_visible()
    await expect(agenda).to_be_hidden()
    await post(page, "With the people beside it")
    await picture(page, "tablet-people")
    # Turned, and in a narrow window: three columns, and one with three tabs.
    await page.set_viewport_size({"width": 1180, "height": 820})
    await expect(agenda).to_be_visible()
    await expect(people).to_be_visible()
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(say(page)).to_be_visible()
    await expect(people).to_be_hidden()
    await expect(page.get_by_role("tab")).to_have_count(3)
    await picture(page, "phone")


@pytest.mark.parametrize(("width", "height"), [(1360, 850), (820, 1180), (390, 844)])
async def test_the_lobby_shows_who_is_here_and_how_to_take_part(
    site: Site, open_page: Open, width: int, height: int
) -> None:
    room = f"{site.rehearse(5 * MINUTES).path}room/"
    dana = await open_page("dana@example.com", room, width=width, height=height)
    lobby = dana.locator(".lobby")
    await expect(lobby).to_contain_text("1 person, just reading")
    await lobby.get_by_role("radio", name="talking").check()
    await expect(dana.get_by_role("radio", name="talking")).to_have_count(1)
    jonas = await open_page("jonas@example.com", room)
    await jonas.locator(".lobby").get_by_label("Show my name while I read").check()
    for page in (dana, jonas):
        here = page.locator(".lobby").get_by_role("listitem")
        for name in ("Dana Kowalski", "Jonas Meyer"):
            await expect(here.filter(has_text=name)).to_be_visible()
    await picture(dana, f"lobby-{width}")
    assert await faults(dana) == []
