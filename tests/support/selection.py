"""A pytest plugin: selects the tests for PostgreSQL and Redis, and fails a run that skips any.

A test that touches neither database nor channel layer is marked `one_world`: one run says all
about it. A test that is skipped or expected to fail fails the run: a claim that is not tested is
no claim.
"""

from typing import Any

import pytest

AGAIN = "not one_world"

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
