"""What two people and a host do with posts: answer, react, edit, remove, hide, pin, silence."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import (
    MINUTES,
    PATIENCE,
    SECONDS,
    choose,
    enter,
    on,
    post,
    posts,
    say,
)
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_answer_quotes_the_post_and_leads_to_it(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "The calendar block")
    await on(jonas, "The calendar block").hover()
    await on(jonas, "The calendar block").get_by_role("button", name="Reply").click()
    await expect(say(jonas)).to_be_focused()
    await expect(jonas.get_by_text("Replying to Dana Kowalski: The calendar block")).to_be_visible()
    await say(jonas).fill("Same here")
    await jonas.reload()
    await expect(jonas.get_by_text("Replying to Dana Kowalski: The calendar block")).to_be_visible()
    await say(jonas).press("Enter")
    quote = on(dana, "Same here").get_by_role("link", name="Dana Kowalski: The calendar block")
    await expect(quote).to_be_visible()
    await expect(jonas.get_by_text("Replying to")).to_be_hidden()
    await quote.click()
    await expect(on(dana, "The calendar block")).to_be_focused()
    await choose(dana, "The calendar block", "Remove")
    await posts(dana).get_by_role("button", name="Remove").click()
    quote = on(jonas, "Same here").locator(".quote")
    await expect(quote).to_have_text("Dana Kowalski: (removed by its author)")


async def test_escape_gives_up_answering_and_keeps_the_text(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    await post(dana, "First")
    await on(dana, "First").press("r")
    await say(dana).fill("Not an answer")
    await say(dana).press("Escape")
    await expect(dana.get_by_text("Replying to")).to_be_hidden()
    await say(dana).press("Enter")
    await expect(on(dana, "Not an answer").locator(".quote")).to_be_hidden()


async def test_a_reaction_is_a_click_and_another_takes_it_back(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "An idea")
    await on(jonas, "An idea").hover()
    await on(jonas, "An idea").get_by_role("button", name="React").click()
    await jonas.get_by_role("dialog", name="React").get_by_role("button", name="light bulb").click()
    theirs = on(dana, "An idea").get_by_role("button", name="💡 1")
    await expect(theirs).to_have_attribute("aria-pressed", "false")
    mine = on(jonas, "An idea").locator(".chip")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await theirs.click()
    await expect(mine).to_have_text("💡 2")
    await expect(on(dana, "An idea").locator(".chip")).to_have_attribute("aria-pressed", "true")
    await dana.reload()
    await expect(on(dana, "An idea").locator(".chip")).to_have_attribute("aria-pressed", "true")
    await mine.click()
    await expect(on(dana, "An idea").locator(".chip")).to_have_text("💡 1")
    await expect(mine).to_have_attribute("aria-pressed", "false")


async def test_the_people_who_reacted_are_shown_to_the_pointer_and_read_to_the_keyboard(
    site: Site, open_page: Open
) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    article = await post(dana, "An idea")
    await on(jonas, "An idea").press(":")
    await jonas.keyboard.press("Enter")
    chip = article.locator(".chip")
    await chip.click()
    await expect(chip).to_have_text("👍 2")
    tip = dana.get_by_role("tooltip")
    await say(dana).hover()
    await chip.hover()
    await expect(tip).to_have_text("👍 Jonas Meyer and Dana Kowalski")
    await tip.hover()
    await expect(tip).to_be_visible()
    await dana.keyboard.press("Escape")
    await expect(tip).to_be_hidden()

    theirs = on(jonas, "An idea")
    await theirs.focus()
    await jonas.keyboard.press("Tab")
    await expect(theirs.locator(".chip")).to_be_focused()
    await expect(jonas.locator("[data-part=announcer]")).to_contain_text(
        "👍 Jonas Meyer and Dana Kowalski"
    )
    await expect(theirs.locator(".chip")).to_have_attribute("aria-describedby", "who-reacted")
    await jonas.keyboard.press("Tab")
    await expect(jonas.get_by_role("tooltip")).to_be_hidden()
    await choose(jonas, "An idea", "Who reacted")
    await expect(jonas.get_by_role("tooltip")).to_have_text("👍 Jonas Meyer and Dana Kowalski")


async def test_the_keys_of_a_post_work_at_what_is_in_it(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "Look", link="https://learning.example/a")
    await post(dana, "And then")
    link = on(jonas, "Look").get_by_role("link")
    await on(jonas, "Look").focus()
    await jonas.keyboard.press("Tab")
    await expect(link).to_be_focused()
    await jonas.keyboard.press(":")
    await jonas.keyboard.press("Enter")
    chip = on(jonas, "Look").locator(".chip")
    await expect(chip).to_have_text("👍 1")
    await expect(link).to_be_focused()
    await jonas.keyboard.press("Tab")
    await expect(chip).to_be_focused()
    await jonas.keyboard.press("ArrowDown")
    await expect(on(jonas, "And then")).to_be_focused()
    await jonas.keyboard.press("Tab")
    await expect(on(jonas, "And then").get_by_role("button", name="React")).to_be_focused()
    await jonas.keyboard.press("r")
    await expect(say(jonas)).to_be_focused()
    await expect(jonas.get_by_text("Replying to Dana Kowalski: And then")).to_be_visible()
    # In a form that is open in a post, keys are text.
    await on(dana, "And then").press("e")
    await dana.keyboard.type(" err")
    await expect(dana.get_by_role("textbox", name="Your post")).to_have_value("And then err")


async def test_up_in_an_empty_field_edits_ones_last_post(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await say(dana).press("ArrowUp")
    await expect(say(dana)).to_be_focused()
    await post(dana, "First")
    await post(dana, "Secnod")
    await post(jonas, "Third")
    await expect(on(dana, "Third")).to_be_visible()
    await say(dana).fill("x")
    await say(dana).press("ArrowUp")
    await expect(say(dana)).to_be_focused()
    await say(dana).fill("")
    await say(dana).press("ArrowUp")
    field = dana.get_by_role("textbox", name="Your post")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("Secnod")
    await field.fill("Second")
    await field.press("Enter")
    await expect(on(jonas, "Second")).to_be_visible()
    await expect(say(dana)).to_be_focused()
    await say(dana).press("ArrowUp")
    await expect(field).to_have_value("Second")
    await field.press("Escape")
    await expect(say(dana)).to_be_focused()


async def test_the_link_of_a_post_is_copied_and_leads_to_it(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    await post(dana, "Worth a link")
    await dana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await choose(dana, "Worth a link", "Copy link")
    await expect(dana.get_by_text("Link copied.").first).to_be_visible()
    link = await dana.evaluate("navigator.clipboard.readText()")
    assert link.startswith("http") and link.endswith("/posts/1/")
    await dana.goto(link)
    await expect(on(dana, "Worth a link")).to_be_focused()
    # Without https there is no clipboard to be asked.
    await dana.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    await on(dana, "Worth a link").press("l")
    await expect(dana.get_by_text("Link copied.").first).to_be_visible()
    await say(dana).press("Control+V")
    await expect(say(dana)).to_have_value(link)


async def test_marks_and_mentions_are_shown_as_such(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    text = "*So*, @Jonas Meyer and @Dana Kowalski :tada:\n- `a * b`\n- 2*3*4 and snake_case"
    await say(dana).fill(text)
    await say(dana).press("Enter")
    body = on(jonas, "2*3*4 and snake_case").locator(".body")
    await expect(body.locator("em")).to_have_text("So")
    await expect(body.get_by_role("listitem")).to_have_text(["a * b", "2*3*4 and snake_case"])
    await expect(body).to_contain_text("🎉")
    await expect(body.locator("b.mine")).to_have_text("@Jonas Meyer")
    await expect(body.locator("b:not(.mine)")).to_have_text("@Dana Kowalski")
    await expect(jonas.locator("[data-part=announcer]")).to_contain_text(
        "So, @Jonas Meyer and @Dana Kowalski 🎉 a * b 2*3*4 and snake_case"
    )
    await on(dana, "snake_case").press("e")
    await expect(dana.get_by_role("textbox", name="Your post")).to_have_value(text)


async def test_all_emoji_are_reached_by_keyboard(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    article = await post(dana, "Something fruity")
    await article.focus()
    await dana.keyboard.press(":")
    quick = dana.get_by_role("dialog", name="React")
    await expect(quick.get_by_role("button", name="thumbs up")).to_be_focused()
    await dana.keyboard.press("End")
    await dana.keyboard.press("Enter")
    picker = dana.get_by_role("dialog", name="All emoji")
    search = picker.get_by_role("searchbox", name="Search emoji")
    await expect(search).to_be_focused()
    await expect(picker.get_by_role("grid")).to_have_count(9)
    await dana.keyboard.press("ArrowDown")
    await dana.keyboard.press("ArrowDown")
    await dana.keyboard.press("ArrowRight")
    await expect(picker.locator(":focus")).to_have_attribute("role", "gridcell")
    await dana.keyboard.press("Escape")
    await expect(picker).to_be_hidden()
    await expect(article).to_be_focused()
    await dana.keyboard.press("+")
    await dana.keyboard.press("End")
    await dana.keyboard.press("Enter")
    await dana.keyboard.type("pineap")
    await expect(picker.get_by_role("gridcell")).to_have_count(1)
    await dana.keyboard.press("ArrowDown")
    await dana.keyboard.press("Enter")
    await expect(article).to_be_focused()
    await expect(article.locator(".chip")).to_have_text("🍍 1")


async def test_a_post_is_edited_in_its_place_and_its_author_sees_what_it_was(
    site: Site, open_page: Open
) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "Frist")
    await on(dana, "Frist").press("e")
    field = dana.get_by_role("textbox", name="Your post")
    await expect(field).to_have_value("Frist")
    await field.fill("x" * 2001)
    await field.press("Enter")
    await expect(dana.get_by_text("1 character too many")).to_be_visible()
    await field.fill("First")
    await field.press("Enter")
    await expect(field).to_be_hidden()
    await expect(on(dana, "First")).to_be_focused()
    await expect(on(jonas, "First")).to_contain_text(re.compile(r"edited \d\d:\d\d"))
    await on(dana, "First").get_by_text("Earlier version").click()
    await expect(on(dana, "First").get_by_role("listitem")).to_have_text("Frist")
    await expect(jonas.get_by_text("Earlier version")).to_have_count(0)
    await expect(jonas.get_by_role("button", name="Edit")).to_have_count(0)


async def test_escape_gives_up_an_edit(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    await post(dana, "As it is")
    await choose(dana, "As it is", "Edit")
    await dana.get_by_role("textbox", name="Your post").fill("Otherwise")
    await dana.keyboard.press("Escape")
    await expect(on(dana, "As it is")).to_be_focused()
    await expect(posts(dana)).to_have_count(1)


async def test_what_is_typed_into_a_post_outlives_a_reload_until_it_is_given_up(
    site: Site, open_page: Open
) -> None:
    (dana,) = await enter(site, open_page, "dana")
    await post(dana, "As it is")
    await choose(dana, "As it is", "Edit")
    field = dana.get_by_role("textbox", name="Your post")
    await field.fill("As it should")
    await dana.reload()
    await choose(dana, "As it is", "Edit")
    await expect(field).to_have_value("As it should")
    await dana.keyboard.press("Escape")
    await choose(dana, "As it is", "Edit")
    await expect(field).to_have_value("As it is")


async def test_removing_asks_and_leaves_a_trace(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "Too much said")
    await on(dana, "Too much said").press("Delete")
    await dana.get_by_role("button", name="Keep it").click()
    await expect(on(dana, "Too much said")).to_be_focused()
    await dana.keyboard.press("Delete")
    await dana.get_by_role("button", name="Remove").press("Enter")
    await expect(on(jonas, "Removed by its author.")).to_be_visible()
    await expect(jonas.get_by_text("Too much said")).to_have_count(0)
    await expect(dana.locator("[data-part=announcer]")).to_contain_text("Removed.")


async def test_a_person_who_takes_the_chair_hides_with_a_reason_pins_and_silences(
    site: Site, open_page: Open
) -> None:
    dana, priya = await enter(site, open_page, "dana", "priya")
    await post(dana, "Something rude")
    await post(dana, "Something wise")
    take = priya.get_by_role("button", name="Host this session")
    await take.press("Enter")
    await expect(take).to_be_hidden()
    # She just reads, unnamed; as the host she is seen all the same, and sees that herself.
    await expect(priya.locator("[data-part=hosting]")).to_be_focused()
    await expect(priya.get_by_text("You’re hosting now.").first).to_be_visible()
    for page in (dana, priya):
        person = page.locator(".person", has_text="Priya Raman")
        await expect(person).to_contain_text("host")

    await choose(priya, "Something rude", "Hide")
    reason = priya.get_by_role("textbox", name="Why is this hidden?")
    await reason.fill(" ")
    await reason.press("Enter")
    await expect(priya.get_by_text("Give a reason in a few words.")).to_be_visible()
    await reason.fill("It names a client")
    await reason.press("Enter")
    await expect(on(dana, "Hidden by the host.")).to_be_visible()
    await expect(dana.get_by_text("Something rude")).to_have_count(0)

    await on(priya, "Something wise").press("p")
    pin = dana.locator("[data-part=pin-link]")
    await expect(pin).to_contain_text("Dana Kowalski: Something wise")
    await expect(on(dana, "Something wise")).to_contain_text("pinned")
    await pin.click()
    await expect(on(dana, "Something wise")).to_be_focused()
    await on(priya, "Something wise").press("p")
    await expect(pin).to_be_hidden()

    await say(dana).fill("Half a thought")
    await priya.get_by_role("button", name="Actions for Dana Kowalski").press("Enter")
    await expect(priya.get_by_role("menuitem", name="Mute Dana Kowalski")).to_be_focused()
    await priya.keyboard.press("Enter")
    hushed = dana.locator("[data-part=say-silenced]")
    await expect(hushed).to_contain_text("The host has muted you")
    await expect(dana.get_by_role("button", name="Post", exact=True)).to_be_disabled()
    await expect(say(dana)).to_have_value("Half a thought")
    await expect(priya.locator(".person", has_text="Dana Kowalski")).to_contain_text("muted")
    await choose(priya, "Something wise", "Unmute Dana Kowalski")
    await expect(hushed).to_be_hidden()
    await say(dana).press("Enter")
    await expect(on(priya, "Half a thought")).to_be_visible()


async def test_links_show_where_they_lead(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    address = "https://learning.example/informal-learning-measured-in-the-field?page=2"
    article = await post(dana, "See", link=address)
    link = article.get_by_role("link")
    await expect(link).to_have_text("learning.example/informal-learning-measur…")
    await expect(link).to_have_attribute("href", address)
    await expect(link).to_have_attribute("title", address)


async def test_after_the_end_nothing_is_offered_any_more(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(-25 * MINUTES)
    dana = await open_page("dana@example.com", f"{rehearsal.path}room/")
    article = await post(dana, "In time")
    await article.press(":")
    await dana.keyboard.press("Enter")
    await expect(article.locator(".chip")).to_be_enabled()
    await expect(dana.get_by_role("radio", name="just reading")).to_be_enabled()
    site.move(rehearsal, -30 * MINUTES + SECONDS)
    await expect(dana.get_by_role("heading", name="Thank you")).to_be_visible(timeout=PATIENCE)
    await article.hover()
    await expect(article.locator(".chip")).to_be_disabled()
    await expect(article.get_by_role("button", name="Reply")).to_have_count(0)
    await expect(dana.get_by_role("radio", name="just reading")).to_have_count(0)


@pytest.mark.parametrize("meanwhile", ["waits", "comes back later"])
async def test_what_was_asked_without_a_connection_is_done_when_it_is_back(
    site: Site, open_page: Open, meanwhile: str
) -> None:
    own = site.serve()
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    dana = await open_page("dana@example.com", room, of=own, may_lose_connection=True)
    article = await post(dana, "Before")
    await article.press(":")
    await dana.keyboard.press("Escape")
    own.end()
    await expect(dana.get_by_text("Connection lost.").first).to_be_visible(timeout=PATIENCE)
    await article.press(":")
    await dana.keyboard.press("Enter")
    await expect(article.locator(".chip")).to_have_attribute("aria-pressed", "true")
    await article.press("e")
    await dana.get_by_role("textbox", name="Your post").fill("After")
    await dana.keyboard.press("Enter")
    if meanwhile == "waits":
        own.start()
    else:
        place = dana.url
        await dana.goto("about:blank")
        own.start()
        await dana.goto(place)
    await expect(on(dana, "After")).to_contain_text("edited", timeout=PATIENCE)
    await expect(on(dana, "After").locator(".chip")).to_have_text("👍 1")
