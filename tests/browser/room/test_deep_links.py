"""A link to one post leads there, also for those who have to sign in or up on the way."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import MINUTES, enter, on, post, posts
from tests.support.live import PASSWORD, Server, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY = 12
OPEN_SIGN_UP = "from people.models import SignUpDomain; SignUpDomain.objects.create(domain='{}')"


async def a_long_room(site: Site, open_page: Open) -> str:
    (jonas,) = await enter(site, open_page, "jonas")
    for n in range(MANY):
        # The limit is ten posts in twenty seconds.
        if n == MANY - 3:
            break
        await post(jonas, f"Post {n} " + "and a good many words more, " * 12)
    await expect(jonas.locator("article.pending-post")).to_have_count(0)
    return jonas.url


async def sign_in(page: Page, password: str) -> None:
    await page.get_by_label(re.compile("mail")).fill("dana@example.com")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def test_a_link_to_a_post_survives_the_sign_in(site: Site, open_page: Open) -> None:
    room = await a_long_room(site, open_page)
    dana = await open_page(None, f"{room}#p2", height=600)
    await expect(dana.get_by_role("heading", name="Sign in")).to_be_visible()
    await sign_in(dana, "wrong")
    await expect(dana.get_by_role("alert")).to_be_visible()
    await sign_in(dana, PASSWORD)
    await dana.wait_for_url(f"{room}**")
    await expect(on(dana, "Post 1")).to_be_focused()
    await expect(on(dana, "Post 1")).to_be_in_viewport(ratio=1)


async def test_a_link_to_a_post_survives_a_sign_up_by_code(
    site: Site, server: Server, open_page: Open
) -> None:
    room = await a_long_room(site, open_page)
    site.manage("shell", "-c", OPEN_SIGN_UP.format("deep.example"))
    eve = await open_page(None, f"{room}#p3", height=600)
    await eve.get_by_role("link", name="Sign up").click()
    await eve.get_by_label(re.compile("mail")).fill("eve@deep.example")
    await eve.get_by_label("Name", exact=True).fill("Eve Sandberg")
    await eve.get_by_label("Password").first.fill(PASSWORD)
    await eve.get_by_role("button", name="Sign up").click()
    await expect(eve.get_by_label(re.compile("Code"))).to_be_visible()
    [code] = re.findall(r"^[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})+$", server.log, re.MULTILINE)[-1:]
    await eve.get_by_label(re.compile("Code")).fill(code)
    await eve.get_by_role("button", name="Confirm").click()
    await eve.wait_for_url(f"{room}**")
    await expect(posts(eve).nth(2)).to_be_focused()


async def test_a_link_into_a_transcript_survives_the_sign_in(site: Site, open_page: Open) -> None:
    transcript = f"{site.rehearse(-31 * MINUTES).path}transcript/"
    dana = await open_page(None, f"{transcript}#topic-2")
    await sign_in(dana, PASSWORD)
    await dana.wait_for_url(f"**{transcript}#topic-2")
