"""Where a network lets no socket through, the room goes on over plain HTTP, and back."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.proxy import Proxy
from tests.browser.room.test_session import conversation, post
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTES = timedelta(minutes=1)
PATIENCE = 15_000
NOTE = "Live connection unavailable"


async def leave(*pages: Page) -> None:
    """Before the proxy goes: what is asked of nobody would be a complaint."""
    for page in pages:
        await page.close()


async def test_without_a_socket_the_room_works_over_http_and_says_so(
    site: Site, open_page: Open
) -> None:
    with Proxy() as proxy:
        own = site.serve(TALKTECH_URL=proxy.base)
        proxy.target, own.base = own.port, proxy.base
        room = f"{site.rehearse(-5 * MINUTES).path}room/"
        dana = await open_page("dana@example.com", room, of=own, may_lose_connection=True)
        await expect(dana.get_by_text(NOTE).first).to_be_visible(timeout=PATIENCE)
        assert proxy.refused >= 2
        jonas = await open_page("jonas@example.com", room, of=own, may_lose_connection=True)
        await expect(jonas.get_by_text(NOTE).first).to_be_visible(timeout=PATIENCE)
        for n in range(3):
            await post(dana, f"Thought {n}")
        theirs = conversation(jonas).get_by_role("article")
        await expect(theirs).to_have_count(3, timeout=PATIENCE)
        await expect(conversation(dana).get_by_role("article")).to_have_count(3)
        await expect(dana.locator("article.pending-post")).to_have_count(0)
        await expect(jonas.get_by_text("1 talking · 1 reading")).to_be_visible(timeout=PATIENCE)
        await jonas.get_by_role("radio", name="Talking").check()
        await expect(dana.get_by_text("2 talking · 0 reading")).to_be_visible(timeout=PATIENCE)
        await leave(dana, jonas)


async def test_it_changes_to_http_and_back_with_nothing_lost_or_doubled(
    site: Site, open_page: Open
) -> None:
    with Proxy() as proxy:
        own = site.serve(TALKTECH_URL=proxy.base)
        proxy.target, own.base = own.port, proxy.base
        proxy.lets_sockets_through = True
        room = f"{site.rehearse(-5 * MINUTES).path}room/"
        dana = await open_page("dana@example.com", room, of=own, may_lose_connection=True)
        jonas = await open_page("jonas@example.com", room, of=own, may_lose_connection=True)
        await expect(dana.get_by_text("0 talking · 2 reading")).to_be_visible(timeout=PATIENCE)
        await post(dana, "Over a socket")
        proxy.shut_sockets()
        await post(dana, "In between")
        await post(jonas, "From the other side")
        note = dana.locator("[data-part=connection]").get_by_text(NOTE)
        await expect(note).to_be_visible(timeout=PATIENCE)
        await post(dana, "Over HTTP")
        texts = ["Over a socket", "In between", "From the other side", "Over HTTP"]
        for page in (dana, jonas):
            await expect(conversation(page).get_by_role("article")).to_have_count(
                4, timeout=PATIENCE
            )
        proxy.lets_sockets_through = True
        # Ten seconds after the last attempt the browser's "online" is a reason for another.
        await dana.wait_for_timeout(10_500)
        await dana.evaluate("window.dispatchEvent(new Event('online'))")
        await post(dana, "And back")
        await expect(note).to_be_hidden(timeout=PATIENCE)
        await expect(conversation(jonas).get_by_text("And back")).to_be_visible(timeout=PATIENCE)
        await post(dana, "Over the socket again")
        for page in (dana, jonas):
            shown = conversation(page).locator("article [data-part=body]")
            await expect(shown).to_have_count(6, timeout=PATIENCE)
            written = [text.strip() for text in await shown.all_inner_texts()]
            assert sorted(written) == sorted([*texts, "And back", "Over the socket again"])
            await expect(page.locator("article.pending-post")).to_have_count(0)
        await leave(dana, jonas)
