"""The room beside its posts: by ear, by keyboard, in the browser's tab, at the end."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open, Scheme
from tests.browser.pages.test_every_page import AXE
from tests.browser.room.test_session import conversation, post, say
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PATIENCE = 15_000


def announcer(page: Page) -> Locator:
    return page.locator("[data-part=announcer]")


async def test_posts_are_read_by_a_voice_of_its_own_and_not_by_the_log(
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
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
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    await page.get_by_text("Sound and screen reader").click()
    await page.get_by_label("Only the host and mentions of me").check()
    await page.get_by_label("Soft chime").check()
    await page.reload()
    await page.get_by_text("Sound and screen reader").click()
    await expect(page.get_by_label("Only the host and mentions of me")).to_be_checked()
    await expect(page.get_by_label("Soft chime")).to_be_checked()


async def test_a_question_mark_lists_the_keys_but_not_while_one_types(
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    help = page.get_by_role("dialog", name="Keyboard shortcuts")
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
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-14 * MINUTES, title='In the flow').path}room/"
    page = await open_page("dana@example.com", room)
    await expect(page).to_have_title(re.compile(r"^05:\d\d · Topic 2 · In the flow"))
    icon = page.locator("link[rel=icon]")
    await expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    over = f"{site.rehearse(-31 * MINUTES, title='In the flow').path}room/"
    await page.goto(over)
    await expect(page).to_have_title(re.compile("^Over · In the flow"))
    await expect(icon).to_have_attribute("href", re.compile(r"favicon.*\.svg$"))


async def send(page: Page, **frame: object) -> None:
    """A frame by hand, over the socket that the page opens beside its own."""
    await page.evaluate(
        """async (frame) => {
          const path = document.body.dataset.socket;
          const socket = new WebSocket(`ws://${location.host}${path}`);
          await new Promise((open) => { socket.onopen = open; });
          const answered = new Promise((done) => {
            socket.onmessage = ({data}) => JSON.parse(data).ref === frame.ref && done();
          });
          socket.send(JSON.stringify({type: "hello", after: 0}));
          socket.send(JSON.stringify(frame));
          await answered;
          socket.close();
        }""",
        {"ref": "by-hand", **frame},
    )


async def test_the_end_shows_what_was_most_valued_who_took_part_and_the_links(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-25 * MINUTES)
    room = f"{rehearsal.path}room/"
    dana = await open_page("dana@example.com", room)
    jonas = await open_page("jonas@example.com", room)
    await jonas.get_by_label("Show my name while I read").check()
    for text in ("A small idea", "A great idea, see https://example.com/great", "Another"):
        await post(dana, text)
    await expect(conversation(jonas).get_by_role("article")).to_have_count(3)
    await send(jonas, type="react", seq=2, emoji="💡", on=True)
    site.move(rehearsal, -30 * MINUTES + SECONDS)
    for page in (dana, jonas):
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible(timeout=30_000)
        valued = page.get_by_role("list", name="Most valued in topic 3").get_by_role("link")
        await expect(valued).to_have_count(1)
        await expect(valued).to_contain_text("A great idea")
        await expect(valued).to_contain_text("Dana Kowalski")
        await expect(valued).to_have_attribute("href", "#p2")
        await expect(page.locator("[data-part=takers]")).to_contain_text("Dana Kowalski")
        await expect(page.locator("[data-part=readers]")).to_contain_text("Jonas Meyer")
        link = page.locator("[data-part=links]").get_by_role("link")
        await expect(link).to_have_attribute("href", "https://example.com/great")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
    # What is hidden after the end leaves the summary as well.
    priya = await open_page("priya@example.com", room)
    await send(priya, type="hide", seq=2, reason="A test")
    valued = dana.get_by_role("list", name="Most valued in topic 3")
    await expect(valued).to_be_hidden(timeout=PATIENCE)
    await expect(dana.locator("[data-part=shared]")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_opens_beside_the_posts_has_no_fault(
    site: Site, open_page: Open, scheme: Scheme
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room, scheme=scheme)
    await page.evaluate(AXE)

    async def faults() -> list[str]:
        found = await page.evaluate("() => axe.run(document, {preload: false})")
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]

    await page.get_by_text("Sound and screen reader").click()
    # As the page shows them while a draft or a prompt is there.
    await page.evaluate(
        """() => {
          for (const name of ["prepared", "prepared-show"]) {
            document.querySelector(`[data-part=${name}]`).hidden = false;
          }
          document.querySelector("[data-part=prepared-body]").textContent = "Prepared";
        }"""
    )
    assert await faults() == []
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    assert await faults() == []
