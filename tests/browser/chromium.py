"""How Chromium is started wherever it is driven: alone, and asking nobody outside."""

import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def path() -> str | None:
    """The system's; None for Playwright's own, as `make test` installs it on Ubuntu."""
    return shutil.which("chromium")
