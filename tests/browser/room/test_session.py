"""Two people and a curator through every part of a session, in real browsers."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import psycopg
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.live import Server, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PATIENCE = 15_000


def say(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("Answer topic"))


def conversation(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation")


def question(page: Page) -> Locator:
    return page.locator("[data-part=question]")


async def post(page: Page, text: str) -> None:
    await say(page).fill(text)
    await say(page).press("Enter")


async def test_what_one_posts_the_others_see_under_the_question(
    site: Site, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    dana = await open_page("dana@example.com", room)
    jonas = await open_page("jonas@example.com", room, width=390)
    await expect(question(dana)).not_to_be_empty()
    await post(dana, "A <b>bold</b> claim, see https://example.com/a")
    mine = conversation(dana).get_by_role("article")
    theirs = conversation(jonas).get_by_role("article")
    await expect(theirs).to_have_count(1, timeout=PATIENCE)
    await expect(theirs).to_contain_text("A <b>bold</b> claim")
    await expect(theirs.get_by_role("link", name="example.com/a")).to_be_visible()
    await expect(mine).to_have_count(1)
    await expect(say(dana)).to_have_value("")
    await post(jonas, "And an answer")
    await expect(mine).to_have_count(2)
    await expect(mine.last).to_contain_text("Jonas Meyer")
    await expect(dana.get_by_text("2 talking · 0 reading")).to_be_visible()


async def test_the_turn_of_a_topic_changes_the_question_and_keeps_what_is_typed(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await expect(page.get_by_text("Topic 1 of 3")).to_be_visible()
    asked = await question(page).inner_text()
    await say(page).fill("Half a thought")
    site.move(rehearsal, -10 * MINUTES + SECONDS)
    await expect(page.get_by_text("Topic 2 of 3")).to_be_visible(timeout=PATIENCE)
    await expect(question(page)).not_to_have_text(asked)
    await expect(page.get_by_role("textbox", name="Answer topic 2")).to_have_value("Half a thought")
    await say(page).press("Enter")
    second = page.locator("[data-round='2']").get_by_role("article")
    await expect(second).to_contain_text("Half a thought")
    await expect(page.locator("[aria-current=step]")).to_contain_text("Topic 2")


@pytest.mark.parametrize(
    ("left", "words"), [(120 * SECONDS, "Two minutes left"), (30 * SECONDS, "Thirty seconds left")]
)
async def test_the_end_of_a_topic_is_no_surprise(
    site: Site, open_page: Open, left: timedelta, words: str
) -> None:
    rehearsal = site.rehearse(-15 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await expect(page.get_by_text("Topic 2 of 3")).to_be_visible()
    site.move(rehearsal, -20 * MINUTES + left + 4 * SECONDS)
    warning = page.locator("[data-part=warning]")
    await expect(warning).to_contain_text(words, timeout=PATIENCE)
    await expect(page.locator("[data-part=announcer]")).to_contain_text(words)


async def test_how_to_take_part_is_chosen_from_the_lobby_on(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(60 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await expect(page.get_by_text("0 talking · 1 reading")).to_be_visible()
    await expect(page.get_by_role("radio", name="just reading")).to_have_count(0)
    await expect(page.get_by_text("Talk or just read")).to_be_hidden()
    site.move(rehearsal, 5 * MINUTES)
    await expect(page.get_by_text("Talk or just read")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("radio", name="talking", exact=True).check()
    await expect(page.get_by_text("1 talking · 0 reading")).to_be_visible()


async def test_the_lobby_counts_down_and_turns_into_the_room(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(5 * MINUTES, title="Ten past nine")
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await expect(page.get_by_role("heading", name="Ten past nine", level=2)).to_be_visible()
    await expect(say(page)).to_be_hidden()
    site.move(rehearsal, SECONDS)
    await expect(page.get_by_text("Topic 1 of 3")).to_be_visible(timeout=PATIENCE)
    await post(page, "First")
    await expect(conversation(page).get_by_role("article")).to_contain_text("First")


async def test_the_end_is_a_summary_with_the_way_to_the_transcript(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-25 * MINUTES, title="The end is near")
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await post(page, "In time")
    await expect(conversation(page).get_by_role("article")).to_have_count(1)
    await say(page).fill("Too slow")
    site.move(rehearsal, -30 * MINUTES + SECONDS)
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_text("Too slow")).to_be_visible()
    await page.get_by_role("link", name="Read the transcript").click()
    await expect(page.get_by_role("heading", name="The end is near")).to_be_visible()
    await expect(page.get_by_text("In time")).to_be_visible()


async def test_what_is_typed_survives_a_reload(site: Site, open_page: Open) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    await say(page).fill("Not yet finished")
    await page.reload()
    await expect(say(page)).to_have_value("Not yet finished")


async def test_a_lost_connection_says_so_and_heals_and_sends_once(
    site: Site, open_page: Open
) -> None:
    own = site.serve()
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room, of=own, may_lose_connection=True)
    await post(page, "Before")
    await expect(page.locator("[data-round] article")).to_have_count(1)
    own.end()
    await expect(page.get_by_text("Connection lost.").first).to_be_visible(timeout=PATIENCE)
    await post(page, "Meanwhile")
    await expect(page.get_by_text("Waiting for connection")).to_be_visible()
    own.start()
    await expect(page.locator("article.pending-post")).to_have_count(0, timeout=PATIENCE)
    posts = page.locator("[data-round] article")
    await expect(posts).to_have_count(2)
    await expect(posts.last).to_contain_text("Meanwhile")


@contextmanager
def nothing_can_be_stored(site: Site, session: int) -> Iterator[None]:
    """Somebody else holds the session's row, and on SQLite the whole file."""
    url = site.environment["DATABASE_URL"]
    with ExitStack() as held:
        if url.startswith("sqlite"):
            file = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
            held.callback(file.close)
            file.execute("BEGIN IMMEDIATE")
        else:
            server = held.enter_context(psycopg.connect(url))
            row = "SELECT id FROM curation_chatsession WHERE id = %s FOR UPDATE"
            server.execute(row, [session])
        yield


async def test_a_room_that_is_cut_off_from_its_database_says_so_and_stores_afterwards(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await post(page, "Before")
    await expect(page.locator("[data-round] article")).to_have_count(1)
    with nothing_can_be_stored(site, rehearsal.id):
        await post(page, "Meanwhile")
        said = page.locator("[data-part=connection]")
        await expect(said).to_contain_text("We can’t save posts", timeout=PATIENCE)
    await expect(said).to_contain_text("being saved again", timeout=PATIENCE)
    await expect(page.locator("article.pending-post")).to_have_count(0, timeout=PATIENCE)
    posts = page.locator("[data-round] article")
    await expect(posts).to_have_count(2)
    await expect(posts.last).to_contain_text("Meanwhile")


async def test_a_refused_post_says_why_and_can_be_corrected(site: Site, open_page: Open) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("jonas@example.com", room)
    await expect(page.get_by_text("talking ·")).to_be_visible()
    for n in range(11):
        await post(page, f"Quick {n}")
    refused = page.locator("article.pending-post").filter(has_text="Quick 10")
    await expect(refused).to_contain_text("posting fast")
    await expect(page.locator("[data-round] article")).to_have_count(10)
    await refused.get_by_role("button", name="Edit").click()
    await expect(say(page)).to_have_value("Quick 10")
    await expect(refused).to_have_count(0)


async def test_reading_is_a_choice_of_equal_weight(site: Site, open_page: Open) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    await expect(page.get_by_text("0 talking · 1 reading")).to_be_visible()
    await page.get_by_role("radio", name="Talking").check()
    await expect(page.get_by_text("1 talking · 0 reading")).to_be_visible()
    await page.get_by_role("radio", name="Just reading").check()
    await page.get_by_label("Show my name while I read").check()
    await expect(page.get_by_role("list", name="Who is here")).to_contain_text("Dana Kowalski")
    await page.reload()
    await expect(page.get_by_label("Show my name while I read")).to_be_checked()


async def test_the_room_works_by_keyboard_alone(site: Site, open_page: Open) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("dana@example.com", room)
    await expect(page.get_by_text("talking ·")).to_be_visible()
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await say(page).evaluate("field => field === document.activeElement"):
            break
    await page.keyboard.type("By hand")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("in two lines")
    await page.keyboard.press("Enter")
    article = page.locator("[data-round] article")
    await expect(article).to_contain_text("By hand")
    assert "<br>" in await article.locator("[data-part=body]").inner_html()


async def test_a_session_signed_out_elsewhere_leads_to_the_sign_in(
    site: Site, server: Server, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("ada@example.com", room)
    await expect(page.get_by_text("talking ·")).to_be_visible()
    other = await page.context.new_page()
    await other.goto("/")
    await other.get_by_role("button", name="You: Ada Admin").click()
    await other.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/accounts/login/**", timeout=PATIENCE)


async def test_signing_out_asks_before_it_deletes_what_was_not_sent(
    site: Site, server: Server, open_page: Open
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("jonas@example.com", room)
    await say(page).fill("Half a thought")
    await page.wait_for_function("Object.keys(localStorage).some(key => key.endsWith('/draft'))")
    await page.goto("/")
    await page.get_by_role("button", name="You: Jonas Meyer").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("Signing out deletes it.")).to_be_visible()
    await page.get_by_role("link", name="Stay signed in").click()
    await page.wait_for_load_state()  # its script asks before anything is deleted
    assert await page.evaluate("Object.values(localStorage)") == ["Half a thought"]
    await page.get_by_role("button", name="You: Jonas Meyer").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.locator("main").get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/accounts/login/**", timeout=PATIENCE)
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


async def test_signing_out_in_one_tab_deletes_what_was_not_sent_in_the_others(
    site: Site, open_page: Open
) -> None:
    """Without Clear-Site-Data, which no browser heeds over plain http from afar."""
    page = await open_page("jonas@example.com", "/")
    person = await page.locator("meta[name=person]").get_attribute("content")
    other = await page.context.new_page()
    await other.goto("/transcripts/")
    await other.evaluate(f"sessionStorage.setItem('tt/12/{person}/draft', 'Half a thought')")
    await page.route("**/accounts/logout/", lambda route: route.fulfill(status=204))
    await page.get_by_role("button", name="You: Jonas Meyer").click()
    await page.get_by_role("button", name="Sign out").click()
    await other.wait_for_function("sessionStorage.length === 0", timeout=PATIENCE)
    assert await page.evaluate("localStorage.length") == 0


async def test_nobody_finds_what_another_person_left_in_the_browser(
    site: Site, server: Server, open_page: Open
) -> None:
    """The first one's sign-in ended elsewhere, so that nothing was asked and nothing cleared."""
    left = "localStorage.setItem('tt/12/999999/draft', 'Theirs')"
    page = await open_page("dana@example.com", "/transcripts/", before=left)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.wait_for_function("localStorage.length === 0")
