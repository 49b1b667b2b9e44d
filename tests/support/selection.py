"""Which tests run again on PostgreSQL and Redis, and that none is left out. A plugin of pytest.

A test that touches neither database nor channel layer is marked `one_world`: one run tells all
about it. A test that was skipped, or was expected to fail, fails the run: a claim that nobody
tried is not a claim.
"""

from typing import Any

import pytest

AGAIN = "not one_world"

# Fixtures that lead to the database or the channel layer, by way of whichever others.
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
NOT_TRIED = ("skipped", "xfailed", "xpassed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not touches(item):
            item.add_marker(pytest.mark.one_world)


def touches(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & TOUCHING) or item.get_closest_marker("django_db") is not None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    count = not_tried(terminalreporter)
    if count:
        terminalreporter.section("not tried", red=True, bold=True)
        terminalreporter.line(
            f"{count} {'test was' if count == 1 else 'tests were'} skipped or expected to fail. "
            "Here every test runs and passes: mend it or delete it."
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Before the summary is drawn, which shows the status that is set here."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not_tried(reporter) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def not_tried(terminalreporter: Any) -> int:
    return sum(len(terminalreporter.stats.get(outcome, ())) for outcome in NOT_TRIED)
