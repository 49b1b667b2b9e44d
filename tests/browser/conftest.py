"""Real Chromium, real servers, and pages that may not complain."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser import chromium as chromium_program
from tests.support.live import Server

Scheme = Literal["light", "dark"]
Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_program.path(), args=chromium_program.FLAGS
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser, server: Server) -> AsyncIterator[Open]:
    """`await open_page("dana@example.com", "/path/")`: a signed-in person's page.

    A page that logs an error or a warning, or throws, fails its test; what the browser itself says
    of a lost connection is allowed where the test says so. `before` is a script that runs before
    each page's own; other options are the browser context's.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_page(
        email: str | None,
        path: str,
        *,
        width: int = 1360,
        height: int = 850,
        scheme: Scheme = "light",
        of: Server = server,
        may_lose_connection: bool = False,
        before: str = "",
        **options: Any,
    ) -> Page:
        usual = {"timezone_id": "Europe/Berlin", "locale": "en-GB", "reduced_motion": "reduce"}
        context = await chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            base_url=of.base,
            **{**usual, **options},
        )
        contexts.append(context)
        if email:
            jar = of.browser().sign_in(email).jar
            await context.add_cookies(
                [{"name": one.name, "value": one.value or "", "url": of.base} for one in jar]
            )
        if before:
            await context.add_init_script(before)
        page = await context.new_page()

        def complain(text: str) -> None:
            is_connection = "WebSocket" in text or "ERR_CONNECTION" in text
            if not (may_lose_connection and is_connection):
                complaints.append(f"{page.url}: {text}")

        page.on("pageerror", lambda error: complain(str(error)))
        page.on(
            "console",
            lambda message: (
                complain(message.text) if message.type in ("error", "warning") else None
            ),
        )
        await page.goto(path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []
