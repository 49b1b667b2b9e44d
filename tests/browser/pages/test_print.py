"""A transcript on paper, and what one presses in it on a screen."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.room.helpers import MINUTES, SECONDS, enter, on, post, posts
from tests.support.live import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEAST = 24  # WCAG 2.5.8
SAID = """
from datetime import timedelta
from uuid import uuid4
from chat.models import Post
from curation.models import ChatSession
from people.models import User
session = ChatSession.objects.get(pk={pk})
author = User.objects.first()
topics = session.read_topics()
Post.objects.bulk_create(
    Post(
        session=session, topic=topics[n // 8], seq=n + 1, rev=n + 1, taken_rev=n + 1,
        author=author, client_id=uuid4(), body=f"Post {{n}}",
        html=f"Post {{n}} " + "with a few words more " * 14,
        reply_to_id=None, at=topics[n // 8].starts_at + timedelta(seconds=n),
    )
    for n in range(24)
)
ChatSession.objects.filter(pk=session.pk).update(last_seq=24, revision=24)
"""


async def transcript(site: Site, open_page: Open) -> Page:
    rehearsal = site.rehearse(-30 * MINUTES - 5 * SECONDS)
    site.manage("shell", "-c", SAID.format(pk=rehearsal.id))
    page = await open_page("dana@example.com", f"{rehearsal.path}transcript/#p3")
    await expect(page.locator("article")).to_have_count(24)
    return page


async def test_paper_names_the_zone_and_the_address_and_marks_no_post(
    site: Site, open_page: Open
) -> None:
    page = await transcript(site, open_page)
    await expect(page.locator("#p3")).to_have_css("outline-style", "solid")
    foot = page.locator(".print-footer")
    await expect(foot).to_be_hidden()
    await expect(page.locator(".when")).to_contain_text(
        re.compile("your time$"), use_inner_text=True
    )
    await page.emulate_media(media="print")
    await expect(page.locator("#p3")).to_have_css("outline-style", "none")
    await expect(foot).to_have_text(page.url.partition("#")[0])
    zone = re.compile(r"your time \(Berlin, UTC\+[12]\)$")
    await expect(page.locator(".when")).to_contain_text(zone, use_inner_text=True)


def pages_of(pdf: bytes) -> dict[str, str]:
    """On which page of a PDF each place is that a link in it leads to."""
    return {
        name.decode(): sheet.decode()
        for name, sheet in re.findall(rb"/([\w-]+) \[(\d+) 0 R /XYZ", pdf)
    }


async def test_on_paper_a_topics_head_stays_with_its_first_post(
    site: Site, open_page: Open
) -> None:
    page = await transcript(site, open_page)
    # Only places that a link leads to are told of in the PDF.
    await page.evaluate(
        """() => {
          for (const topic of [1, 2, 3]) {
            const link = document.createElement("a");
            link.href = `#topic-${topic}`;
            link.textContent = "Head";
            document.body.append(link);
          }
        }"""
    )
    for height in range(500, 800, 20):
        pages = pages_of(await page.pdf(width="600px", height=f"{height}px"))
        for topic in (1, 2, 3):
            assert pages[f"topic-{topic}"] == pages[f"p{8 * topic - 7}"], (height, topic)


@pytest.mark.parametrize("width", [1360, 390])
async def test_links_to_posts_are_large_enough_to_be_hit(
    site: Site, open_page: Open, width: int
) -> None:
    dana, jonas = await enter(site, open_page, "dana", "jonas")
    await post(dana, "A")
    await on(jonas, "A").press("r")
    await post(jonas, "Answered")
    await expect(posts(dana)).to_have_count(2)
    page = await transcript(site, open_page)
    for one in (page, jonas):
        await one.set_viewport_size({"width": width, "height": 850})
        links = one.locator("article a[href^='#p']:visible")
        sizes = await links.evaluate_all(
            """(all) => all.map((it) => it.getBoundingClientRect())
              .map(({ width, height }) => [width, height])"""
        )
        assert sizes
        assert min(side for size in sizes for side in size) >= LEAST
