"""The room for eyes that need more: forced colours, and a window of 320 by 256 px (400 %)."""

import os
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, Scheme
from tests.browser.room.helpers import MINUTES, PATIENCE, enter, on, post, posts, say
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEAST = 3.0  # WCAG 1.4.11
LEAST_HEIGHT = 100
# How far a colour stands out from another: the contrast of WCAG.
CONTRAST = """
(() => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map((part) => Number(part) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const colour = (selector, property, pseudo) =>
    getComputedStyle(document.querySelector(selector), pseudo)[property];
  return ([one, other]) => {
    const [a, b] = [light(colour(...one)), light(colour(...other))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
})()
"""
PAGE = ["body", "backgroundColor"]
SHOWN = {
    "the edge of each bar": [[".clock .time-bars i", "borderTopColor"], PAGE],
    "how full a bar is": [[".clock .time-bars i", "backgroundColor", "::after"], PAGE],
    "the logo": [[".logo .time-bars i", "backgroundColor"], PAGE],
    "what is chosen": [
        [".segmented :checked + span", "backgroundColor"],
        [".segmented :not(:checked) + span", "backgroundColor"],
    ],
    "the words of what is chosen": [
        [".segmented :checked + span", "color"],
        [".segmented :checked + span", "backgroundColor"],
    ],
}


async def look(page: Page, name: str) -> None:
    """Save a picture of what the test sees, for people who want to look."""
    if folder := os.environ.get("PICTURES_OF_TESTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_forced_colours_show_the_clock_the_logo_and_what_is_chosen(
    site: Site, open_page: Open, scheme: Scheme
) -> None:
    room = f"{site.rehearse(-14 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room, scheme=scheme, forced_colors="active")
    await expect(page.get_by_text("talking ·")).to_be_visible()
    article = await post(page, "An idea")
    await article.press(":")
    await page.keyboard.press("Enter")
    await expect(article.locator(".chip[aria-pressed=true]")).to_be_visible()
    chip = {
        "a reaction of one's own": [
            [".chip[aria-pressed=true]", "backgroundColor"],
            ["[data-part=stream]", "backgroundColor"],
        ]
    }
    for name, (one, other) in (SHOWN | chip).items():
        contrast = await page.evaluate(f"(pair) => {CONTRAST}(pair)", [one, other])
        assert contrast >= LEAST, name
    widths = await page.evaluate(
        """[...document.querySelectorAll(".clock i")].map((bar) =>
          parseFloat(getComputedStyle(bar, "::after").inlineSize) / bar.clientWidth)"""
    )
    assert widths[0] == pytest.approx(1, abs=0.05)
    assert 0.2 < widths[1] < 0.8
    assert widths[2] < 0.05
    await look(page, f"forced-{scheme}")
    await page.set_viewport_size({"width": 390, "height": 700})
    edges = await page.evaluate(
        """[...document.querySelectorAll("[role=tab]")].map((tab) =>
          [tab.ariaSelected, parseFloat(getComputedStyle(tab).borderTopWidth)])"""
    )
    assert {chosen: width > 2 for chosen, width in edges} == {"true": True, "false": False}
    await look(page, f"forced-{scheme}-390")


SIZES = [(320, 256), (680, 425), (844, 300), (390, 420)]


async def conversation_height(page: Page) -> float:
    """How much of the conversation one sees, when it is scrolled to."""
    await page.locator("[data-part=stream]").evaluate("it => it.scrollIntoView({block: 'center'})")
    height = await page.locator("[data-part=stream]").evaluate(
        """(it) => {
          const { top, bottom } = it.getBoundingClientRect();
          return Math.min(bottom, innerHeight) - Math.max(top, 0);
        }"""
    )
    return float(height)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_small_window_shows_the_conversation_and_reaches_everything(
    site: Site, open_page: Open, width: int, height: int
) -> None:
    (dana,) = await enter(site, open_page, "dana")
    for n in range(6):
        await post(dana, f"Post {n} " + "with a few words more " * 6)
    await expect(posts(dana)).to_have_count(6)
    await dana.set_viewport_size({"width": width, "height": height})
    await look(dana, f"small-{width}x{height}")
    assert await conversation_height(dana) >= LEAST_HEIGHT
    await say(dana).click()
    await dana.keyboard.type("Typed")
    await expect(say(dana)).to_be_in_viewport(ratio=1)
    await dana.keyboard.press("Enter")
    await expect(on(dana, "Typed")).to_be_visible()
    await look(dana, f"small-{width}x{height}-typed")
    # From 768 px on agenda or people stand beside the conversation, which needs no tab then.
    for name in ("Agenda", "People") if width >= 768 else ("Agenda", "People", "Chat"):
        tab = dana.get_by_role("tab", name=name)
        await tab.click()
        await expect(dana.get_by_role("tabpanel", name=name)).to_be_visible()
        panel = await dana.get_by_role("tabpanel", name=name).bounding_box()
        assert panel
        assert panel["height"] >= LEAST_HEIGHT
    sticks_out = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await dana.evaluate(sticks_out) <= 1


@pytest.mark.parametrize(
    ("starts_in", "words"),
    [(5 * MINUTES, "until the start"), (-31 * MINUTES, "Thank you")],
    ids=["lobby", "over"],
)
async def test_a_small_window_shows_the_room_before_and_after(
    site: Site, open_page: Open, starts_in: timedelta, words: str
) -> None:
    room = f"{site.rehearse(starts_in).path}room/"
    page = await open_page("dana@example.com", room, width=320, height=256)
    await expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
    panel = await page.get_by_role("tabpanel", name="Chat").bounding_box()
    assert panel
    assert panel["height"] >= LEAST_HEIGHT
    await look(page, f"small-{words}")


async def test_a_small_window_shows_the_conversation_of_the_big_screen(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    room = f"{rehearsal.path}room/"
    dana = await open_page("dana@example.com", room)
    await post(dana, "Read from near")
    wall = await open_page("jonas@example.com", f"{room}screen/", width=320, height=256)
    await expect(wall.get_by_text("Read from near")).to_be_attached()
    assert await conversation_height(wall) >= LEAST_HEIGHT
    await expect(wall.get_by_text("Read from near")).to_be_in_viewport(ratio=1)
    sticks_out = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await wall.evaluate(sticks_out) <= 1
    await look(wall, "small-wall")


async def test_a_large_window_does_not_scroll(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    for width, height in ((1360, 850), (820, 1180), (390, 844)):
        await dana.set_viewport_size({"width": width, "height": height})
        # The size reaches the page a little after it was set.
        await expect(dana.locator("html")).to_have_js_property("scrollHeight", height)
        await look(dana, f"large-{width}")
