"""The list of all emoji opens where it belongs, and the focus is not lost over it."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import enter, on, post
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("width", [1360, 390])
async def test_the_picker_opens_at_its_post_though_the_pointer_has_moved_on(
    site: Site, open_page: Open, width: int
) -> None:
    (dana,) = await enter(site, open_page, "dana")
    for text in ("One", "Two", "Three"):
        await post(dana, text)
    await dana.set_viewport_size({"width": width, "height": 850})
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        arrived.set()
        await go_on.wait()
        await route.continue_()

    await dana.route("**/emoji_picker*.js", hold)
    await on(dana, "Two").hover()
    await on(dana, "Two").get_by_role("button", name="React").click()
    await dana.get_by_role("dialog", name="React").get_by_role("button", name="More").click()
    await arrived.wait()
    # Meanwhile the pointer crosses other posts, and the bar of actions goes with it.
    await on(dana, "One").hover(position={"x": 5, "y": 5})
    await on(dana, "Three").hover(position={"x": 5, "y": 5})
    go_on.set()
    picker = dana.get_by_role("dialog", name="All emoji")
    await expect(picker.get_by_role("searchbox")).to_be_focused()
    await expect(picker.get_by_role("gridcell").first).to_be_visible()
    box = await picker.bounding_box()
    at = await on(dana, "Two").bounding_box()
    assert box
    assert at
    assert at["x"] - 8 <= box["x"] <= at["x"] + at["width"]
    gap = max(box["y"] - (at["y"] + at["height"]), at["y"] - (box["y"] + box["height"]))
    assert gap <= 12
    await picker.get_by_role("gridcell").nth(3).click()
    await expect(on(dana, "Two").locator(".chip")).to_have_count(1)
    await expect(on(dana, "Two")).to_be_focused()
    await on(dana, "One").hover()
    await expect(on(dana, "Two")).to_be_focused()


async def test_the_focus_stays_at_a_post_when_its_bar_moves_on(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    for text in ("One", "Two"):
        await post(dana, text)
    await on(dana, "Two").hover()
    await on(dana, "Two").get_by_role("button", name="React").click()
    quick = dana.get_by_role("dialog", name="React")
    await quick.get_by_role("button", name="light bulb").click()
    await on(dana, "One").hover()
    await expect(on(dana, "One").get_by_role("button", name="React")).to_be_visible()
    await expect(on(dana, "Two")).to_be_focused()
