"""The conversation as a whole: whom one names, who types, by keyboard, however long it is."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, Scheme
from tests.browser.pages.test_every_page import AXE
from tests.browser.room.helpers import MINUTES, PATIENCE, enter, on, post, posts, say
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_at_sign_offers_who_is_here_and_who_is_named_sees_it(
    site: Site, open_page: Open
) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "Hello")
    await expect(jonas.get_by_role("list", name="Who is here")).to_contain_text("Dana Kowalski")
    await say(jonas).press_sequentially("Ask @")
    people = jonas.get_by_role("listbox", name="People to mention")
    await expect(people.get_by_role("option")).to_have_text(["Dana Kowalski Multimedia · here"])
    option = people.get_by_role("option", selected=True)
    active = await say(jonas).get_attribute("aria-activedescendant")
    await expect(option).to_have_id(active or "none")
    await say(jonas).press("Escape")
    await expect(people).to_be_hidden()
    await say(jonas).press("Backspace")
    await say(jonas).press_sequentially("@")
    await say(jonas).press("ArrowDown")
    await say(jonas).press("Enter")
    await expect(say(jonas)).to_have_value("Ask @Dana Kowalski ")
    await say(jonas).press_sequentially("about it")
    await expect(people).to_be_hidden()
    await say(jonas).press("Enter")
    await expect(on(dana, "Ask @Dana")).to_contain_text("mentions you")
    await expect(on(jonas, "Ask @Dana").get_by_text("mentions you")).to_be_hidden()


async def test_an_at_sign_finds_those_who_are_away(site: Site, open_page: Open) -> None:
    (jonas,) = await enter(site, open_page, "jonas")
    await say(jonas).press_sequentially("Ask @pri")
    people = jonas.get_by_role("listbox", name="People to mention")
    option = people.get_by_role("option", selected=True)
    await expect(option).to_have_text("Priya Raman Learning Services")
    await say(jonas).press("Enter")
    await expect(say(jonas)).to_have_value("Ask @Priya Raman ")
    await say(jonas).press_sequentially("or @dan")
    await expect(option).to_contain_text("Dana Kowalski")
    await say(jonas).press("Tab")
    await expect(say(jonas)).to_have_value("Ask @Priya Raman or @Dana Kowalski ")


async def test_the_room_says_quietly_who_is_typing_until_they_post(
    site: Site, open_page: Open
) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "Hello")
    await say(dana).press_sequentially("And mor")
    typing = jonas.locator("[data-part=typing]")
    await expect(typing).to_have_text("Dana Kowalski is typing…")
    await expect(dana.locator("[data-part=typing]")).to_be_hidden()
    await say(dana).press("Enter")
    await expect(typing).to_be_hidden()


async def test_the_conversation_is_one_stop_and_arrows_walk_it(site: Site, open_page: Open) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    for text in ("One", "Two", "Three"):
        await post(dana, text, link="https://example.com/a")
    await say(dana).focus()
    await dana.keyboard.press("Shift+Tab")
    for _ in range(4):
        if await on(dana, "Three").evaluate("post => post === document.activeElement"):
            break
        await dana.keyboard.press("Shift+Tab")
    await expect(on(dana, "Three")).to_be_focused()
    await dana.keyboard.press("ArrowUp")
    await expect(on(dana, "Two")).to_be_focused()
    await post(jonas, "News")
    await expect(on(dana, "News")).to_be_visible()
    await expect(on(dana, "Two")).to_be_focused()
    await dana.keyboard.press("Tab")
    await expect(on(dana, "Two").get_by_role("link")).to_be_focused()
    await dana.keyboard.press("Tab")
    await expect(on(dana, "Two").get_by_role("button", name="React")).to_be_focused()
    await dana.keyboard.press("Escape")
    await expect(on(dana, "Two")).to_be_focused()
    await dana.keyboard.press("Home")
    await expect(on(dana, "One")).to_be_focused()
    await dana.keyboard.press("End")
    await expect(on(dana, "News")).to_be_focused()
    await dana.keyboard.press("Escape")
    await expect(say(dana)).to_be_focused()


async def test_a_colon_and_letters_offer_emoji_by_name(site: Site, open_page: Open) -> None:
    (dana,) = await enter(site, open_page, "dana")
    await say(dana).press_sequentially("It is 10:30 :tad")
    option = dana.get_by_role("listbox", name="Emoji").get_by_role("option")
    await expect(option.first).to_contain_text("🎉 :tada:")
    await expect(option.first).to_have_attribute("aria-selected", "true")
    await dana.keyboard.press("Enter")
    await expect(say(dana)).to_have_value("It is 10:30 🎉 ")
    await say(dana).press_sequentially("and :thumbsup:")
    await expect(say(dana)).to_have_value("It is 10:30 🎉 and 👍")
    await say(dana).press_sequentially(" :tad")
    await expect(option.first).to_be_visible()
    await dana.keyboard.press("Escape")
    await expect(option).to_have_count(0)
    await dana.keyboard.press("Enter")
    await expect(on(dana, "It is 10:30 🎉 and 👍 :tad")).to_be_visible()


async def faults(page: Page) -> list[str]:
    await page.evaluate(AXE)
    found = await page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], preload: false})"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_opens_at_a_post_has_no_fault(
    site: Site, open_page: Open, scheme: Scheme
) -> None:
    room = f"{site.rehearse(-5 * MINUTES).path}room/"
    page = await open_page("priya@example.com", room, scheme=scheme)
    await page.get_by_role("button", name="Host this session").click()
    await say(page).fill("*Everything* `at once`, @Priya Raman @Dana Kowalski\n> a\n- b")
    await say(page).press("Enter")
    article = on(page, "Everything")
    for keys in (["r"], ["p"], ["e"], ["Escape", "Delete"], ["Escape", "h"], ["Escape", ":"]):
        for key in keys:
            await (page.keyboard.press(key) if key == "Escape" else article.press(key))
        assert await faults(page) == [], keys
    await page.keyboard.press("Enter")
    await expect(article.locator(".chip")).to_be_visible()
    await article.press("+")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("grid")).to_have_count(9)
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await article.get_by_role("button", name="More").click()
    assert await faults(page) == []


DRAWN = """[...document.querySelectorAll("[data-part=stream] article")].filter((article) =>
    article.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length"""
SEED = """
from datetime import timedelta
from uuid import uuid4
from chat.models import Post
from curation.models import ChatSession
from people.models import User
session = ChatSession.objects.get(pk={pk})
topic, author = session.read_topics()[0], User.objects.first()
Post.objects.bulk_create(
    Post(
        session=session, topic=topic, seq=n, rev=n, taken_rev=n, author=author, client_id=uuid4(),
        body=f"Post {{n}}", html=f"Post {{n}} " + "with a few words more " * (n % 9),
        at=session.starts_at + timedelta(milliseconds=100 * n),
    )
    for n in range(1, 2001)
)
ChatSession.objects.filter(pk=session.pk).update(last_seq=2000, revision=2000)
"""


async def test_of_two_thousand_posts_only_those_near_are_drawn(site: Site, open_page: Open) -> None:
    """What is not drawn takes no time to scroll; how much it takes is for a measurement."""
    rehearsal = site.rehearse(-5 * MINUTES)
    site.manage("shell", "-c", SEED.format(pk=rehearsal.id))
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await expect(posts(page)).to_have_count(2000, timeout=PATIENCE)
    for direction in (-1, 1):
        await page.mouse.move(700, 500)
        await page.mouse.wheel(0, direction * 20_000)
        await page.wait_for_timeout(300)
        drawn = await page.evaluate(DRAWN)
        assert 0 < drawn < 200


async def test_the_list_of_mentions_leads_to_the_post_in_the_room(
    site: Site, open_page: Open
) -> None:
    (jonas,) = await enter(site, open_page, "jonas")
    await post(jonas, "Ask @Dana Kowalski, she knows")
    for n in range(9):
        await post(jonas, f"{n} " + "and a good many words more, " * 12)
    await expect(posts(jonas)).to_have_count(10)
    await expect(jonas.locator("article.pending-post")).to_have_count(0)
    dana = await open_page("dana@example.com", "/you/", height=600)
    await dana.get_by_role("link").filter(has_text="she knows").click()
    await expect(on(dana, "she knows")).to_be_focused()
    await expect(on(dana, "she knows")).to_be_in_viewport(ratio=1)
    assert not dana.url.endswith("#p1")
    await dana.reload()
    await expect(posts(dana).last).to_be_in_viewport(ratio=1)
