"""Countdowns and the room go by the server's clock, whatever the browser's says."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import MINUTES, PATIENCE, SECONDS
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A browser whose clock is wrong by so many milliseconds, and can be put on.
WRONG = """
(() => {
  const { now } = Date;
  let by = %d;
  Date.now = () => now.call(Date) + by;
  window.sleepFor = (ms) => { by += ms; };
})()
"""
SHOW = "document.dispatchEvent(new Event('visibilitychange'))"


def minutes(text: str) -> float:
    found = re.match(r"(\d+)\s*minutes?\s*(\d+)\s*seconds?", text)
    assert found, text
    return int(found[1]) + int(found[2]) / 60


async def countdown(page: Page) -> float:
    shown = page.locator("tt-countdown:visible")
    await expect(shown).to_contain_text("second")
    return minutes(re.sub(r"\s+", " ", await shown.inner_text()).strip())


@pytest.mark.parametrize("hours", [3, -5])
async def test_countdowns_are_right_though_the_browsers_clock_is_wrong(
    site: Site, open_page: Open, hours: int
) -> None:
    wrong = WRONG % (hours * 3_600_000)
    rehearsal = site.rehearse(30 * MINUTES)
    page = await open_page("dana@example.com", rehearsal.path, before=wrong)
    assert 27 <= await countdown(page) <= 30
    running = site.rehearse(-10 * MINUTES)
    await page.goto(f"{running.path}transcript/")
    assert 17 <= await countdown(page) <= 20
    await page.goto(f"{running.path}room/")
    await expect(page.locator("[data-part=left]")).to_have_text(re.compile(r"^0[89]:\d\d$"))
    await expect(page.get_by_text("Topic 2 of 3")).to_be_visible()


async def test_a_tab_that_comes_back_from_sleep_shows_the_right_moment_at_once(
    site: Site, open_page: Open
) -> None:
    """While a device sleeps its steady clock stands still; here the one on the wall jumps."""
    rehearsal = site.rehearse(30 * MINUTES)
    page = await open_page("dana@example.com", rehearsal.path, before=WRONG % 0)
    assert 27 <= await countdown(page) <= 30
    async with page.expect_response(f"**{rehearsal.path}") as asked:
        # Within one task: nothing but the wall clock can have told it.
        shown = await page.evaluate(
            f"""() => {{
              sleepFor(600_000); {SHOW};
              return document.querySelector("tt-countdown:not([hidden])").innerText;
            }}"""
        )
    assert 17 <= minutes(re.sub(r"\s+", " ", shown).strip()) <= 20
    # It did not sleep, as the server knows.
    assert (await asked.value).ok
    await expect(page.locator("tt-countdown:visible")).to_contain_text(
        re.compile("2[789] minutes"), timeout=PATIENCE
    )
    # Long past the moment for which it waited, it loads again, and once.
    async with page.expect_navigation():
        await page.evaluate(f"sleepFor(3_600_000); {SHOW}")
    assert 27 <= await countdown(page) <= 30


async def test_a_room_that_comes_back_from_sleep_shows_the_right_moment_at_once(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/", before=WRONG % 0)
    # Shown by the room's script, which has looked at the clocks by then.
    await expect(page.get_by_text("0 talking · 1 reading")).to_be_visible()
    shown = await page.evaluate(
        f"""() => {{
          sleepFor(600_000); {SHOW};
          return document.querySelector("[data-part=question-when]").textContent;
        }}"""
    )
    assert "Topic 2 of 3" in shown
    # The room is asked, and knows better: nobody slept.
    await expect(page.get_by_text("Topic 1 of 3")).to_be_visible(timeout=PATIENCE)


# All that the page says over its socket takes so many milliseconds longer than what it hears.
SLOW = """
(() => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    setTimeout(() => this.readyState === 1 && send.call(this, data), 1500);
  };
})()
"""
TURN = """
new Promise((turned) => {
  const when = document.querySelector("[data-part=question-when]");
  const look = () => when.textContent.includes("Topic 2") && turned(Date.now());
  new MutationObserver(look).observe(when, { childList: true, characterData: true, subtree: true });
})
"""


async def test_slow_questions_do_not_bring_the_turn_forward(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(-10 * MINUTES + 15 * SECONDS)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/", before=SLOW)
    await expect(page.get_by_text("talking ·")).to_be_visible(timeout=PATIENCE)
    turned = await page.evaluate(TURN)
    early = (rehearsal.starts_at + 10 * MINUTES).timestamp() * 1000 - turned
    assert early <= 150
