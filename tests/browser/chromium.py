"""How Chromium is started wherever it is driven: alone, and asking nobody outside."""

import shutil

# A second --disable-features replaces the first, so this repeats Playwright's own list.
DISABLED_BY_PLAYWRIGHT = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
]
# The address bar's suggestions are web pages themselves: for each window they start a process that
# costs as much processor time as the page under test. The spare renderer is for the next page.
DISABLED_BY_US = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join([*DISABLED_BY_PLAYWRIGHT, *DISABLED_BY_US])}",
]


def path() -> str | None:
    """The system's; None for Playwright's own, as `make test` installs it on Ubuntu."""
    return shutil.which("chromium")
