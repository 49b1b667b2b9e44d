"""Every page as people meet it: axe finds nothing, nothing sticks out, nobody needs a mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.conftest import Scheme
from tests.support.live import ROOT, Server, Site, site_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
WIDE, NARROW, ZOOMED = (1360, 850), (390, 844), (680, 425)
SMALLEST = (320, 256)  # 1280 by 1024 at 400 %: WCAG 1.4.10
# By a link or heading that each page has, since dates move: how one gets there.
SIGNED_OUT = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"]
EMPLOYEE = ["/", "/you/", "/transcripts/", "/accounts/password/set/", "/accounts/logout/"]
CURATOR = ["/", "/admin/curation/chatsession/"]
ADMIN = [
    "/admin/",
    "/admin/curation/chatsession/",
    "/admin/curation/series/",
    "/admin/curation/series/1/change/",
    "/admin/people/user/",
    "/admin/people/user/add/",
    "/admin/people/user/1/change/",
    "/admin/people/user/1/password/",
    "/admin/people/signupdomain/add/",
]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with site_in(folder, "demo") as site:
        yield site.serve()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody has set up yet."""
    with site_in(tmp_path_factory.mktemp("empty"), "tables") as site:
        yield site.serve()


# What does not scroll away in a small window, and takes more than a third of its height.
STUCK = """[...document.querySelectorAll("body *")].filter((it) =>
  ["fixed", "sticky"].includes(getComputedStyle(it).position) && it.checkVisibility() &&
  it.getBoundingClientRect().height > innerHeight / 3).map((it) => it.className || it.tagName)"""


async def context_of(
    chromium: Browser, server: Server, role: str | None, scheme: Scheme
) -> BrowserContext:
    context = await chromium.new_context(
        base_url=server.base, color_scheme=scheme, timezone_id="Europe/Berlin", locale="en-GB"
    )
    if role:
        page = await context.new_page()
        await page.goto("/accounts/login/")
        await page.get_by_role("button", name=role).click()
        await page.wait_for_url(f"{server.base}/")
        await page.close()
    return context


async def judge(page: Page, name: str) -> list[str]:
    """What is wrong with this page, a sentence each."""
    faults = []
    for width, height in (WIDE, NARROW, ZOOMED, SMALLEST):
        await page.set_viewport_size({"width": width, "height": height})
        if (width, height) in (WIDE, NARROW):
            # No preload: axe copies style sheets that import others into inline ones, which our
            # policy forbids (Django's forms.css imports widgets.css).
            found = await page.evaluate(
                "() => axe.run(document, {resultTypes: ['violations'], preload: false})"
            )
            faults += [
                f"{name} at {width}: {one['id']}: {one['nodes'][0]['html'][:200]}"
                for one in found["violations"]
            ]
        spare = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if spare > 1:
            faults.append(f"{name} at {width}: {spare} px stick out")
    covered = await page.evaluate(STUCK)
    faults += [f"{name} at {width}: {one} stays in sight and leaves no room" for one in covered]
    return faults


async def visit(context: BrowserContext, paths: list[str]) -> list[str]:
    faults: list[str] = []
    page = await context.new_page()
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"{page.url}: {message.text}")
            if message.type in ("error", "warning") and "with a status of 40" not in message.text
            else None
        ),
    )
    for path in paths:
        await page.goto(path)
        # The debugger puts axe into the page's world, which no policy of the page forbids.
        await page.evaluate(AXE)
        faults += await judge(page, path)
    await page.close()
    return faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("role", "paths"),
    [(None, SIGNED_OUT), ("employee", EMPLOYEE), ("curator", CURATOR), ("admin", ADMIN)],
    ids=["signed out", "employee", "curator", "admin"],
)
async def test_pages_have_no_fault(
    chromium: Browser, demo: Server, role: str | None, paths: list[str], scheme: Scheme
) -> None:
    context = await context_of(chromium, demo, role, scheme)
    faults = await visit(context, paths)
    assert not faults, "\n".join(faults)
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_sessions_pages_have_no_fault(
    chromium: Browser, demo: Server, scheme: Scheme
) -> None:
    context = await context_of(chromium, demo, "employee", scheme)
    page = await context.new_page()
    await page.goto("/")
    room = await page.get_by_role("link", name="Enter the room").get_attribute("href")
    await page.goto("/transcripts/")
    transcript = await page.locator("main a[href^='/transcripts/2']").first.get_attribute("href")
    assert room
    assert transcript
    faults = await visit(context, [room, room.removesuffix("room/"), transcript])
    assert not faults, "\n".join(faults)
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_session_on_the_desk_has_no_fault(
    chromium: Browser, demo: Server, scheme: Scheme
) -> None:
    context = await context_of(chromium, demo, "curator", scheme)
    page = await context.new_page()
    await page.goto("/admin/curation/chatsession/")
    links = page.locator("#changelist a[href*='/change/']")
    desk = await links.first.get_attribute("href")
    assert desk
    faults = await visit(context, [desk])
    assert not faults, "\n".join(faults)
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_welcome_has_no_fault(chromium: Browser, empty: Server, scheme: Scheme) -> None:
    link = next(word for word in empty.log.split() if "/welcome/?key=" in word)
    context = await context_of(chromium, empty, None, scheme)
    path = link[link.index("/welcome/") :]
    faults = await visit(context, [path, "/welcome/"])
    assert not faults, "\n".join(faults)
    await context.close()


async def test_the_first_minute_by_hand(chromium: Browser, site: Site, tmp_path: Path) -> None:
    with site_in(tmp_path, "tables") as fresh:
        server = fresh.serve()
        link = next(word for word in server.log.split() if "/welcome/?key=" in word)
        context = await chromium.new_context(
            base_url=server.base, timezone_id="America/New_York", locale="en-GB"
        )
        page = await context.new_page()
        await page.goto(link[link.index("/welcome/") :])
        await page.reload()  # the browser's zone is known from the second page on
        await page.get_by_label("Starts at").fill("14:00")
        await page.get_by_label("Your name").fill("Ada Admin")
        await page.get_by_label("Your email").fill("ada@example.com")
        await page.get_by_label("Password").fill("a long and quiet phrase")
        await page.get_by_role("button", name="Create the chat").click()
        await page.wait_for_url(f"{server.base}/")
        text = await page.locator("main").inner_text()
        assert "14:00 to 14:30" in text
        assert "your turn" in text
        await context.close()
