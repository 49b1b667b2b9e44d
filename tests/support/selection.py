"""A pytest plugin: selects tests for other worlds and for quick runs, and fails a run that skips.

A test that touches neither database nor channel layer is marked `one_world`: one run says all
about it. A test that is skipped or expected to fail fails the run: a claim that is not tested is
no claim. A test that starts no server and no browser is marked `quick`.
"""

from typing import Any

import pytest

AGAIN = "not one_world"
QUICK = "quick"

# Fixtures that use the database or the channel layer, directly or through other fixtures.
TOUCHING = {
    "db",
    "django_db_setup",
    "site",
    "live",
    "live_server",
    "server",
    "servers",
    "transactional_db",
}
# Fixtures and files that start a server, a browser or a package manager.
STARTING = {"chromium", "live", "live_server", "open_page", "server", "servers", "site"}
STARTING_FILES = (
    "tests/browser/",
    "tests/chat/live/",
    "tests/faults/",
    "tests/tooling/test_compose.py",
    "tests/tooling/test_proxies.py",
    "tests/tooling/test_requirements.py",
    "tests/tooling/test_selection.py",
    "tests/tooling/test_services.py",
    "tests/tooling/test_setup.py",
)
NOT_TRIED = ("skipped", "xfailed", "xpassed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not touches(item):
            item.add_marker(pytest.mark.one_world)
        if is_quick(item):
            item.add_marker(pytest.mark.quick)


def touches(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & TOUCHING) or item.get_closest_marker("django_db") is not None


def is_quick(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return not fixtures & STARTING and not item.nodeid.startswith(STARTING_FILES)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    count = not_tried(terminalreporter)
    if count:
        terminalreporter.section("not tried", red=True, bold=True)
        terminalreporter.line(
            f"{count} {'test was' if count == 1 else 'tests were'} skipped or expected to fail. "
            "Every test must run and pass: fix it or delete it."
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Runs before the summary is printed, which shows the status that is set here."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not_tried(reporter) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def not_tried(terminalreporter: Any) -> int:
    return sum(len(terminalreporter.stats.get(outcome, ())) for outcome in NOT_TRIED)
