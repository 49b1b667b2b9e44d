"""The duties of the weekly chat: each does what is due once, and says how much that was."""

import logging
from datetime import timedelta

import pytest

from curation.clock import database_now
from curation.clock_agreement import BOUND
from curation.duties import DUTIES
from curation.models import ChatSession, Series
from curation.rota.schedule import WEEKS
from people.models import User
from tests.conftest import make_session

duties = dict(DUTIES)
call_off_unpublished = duties["call off what was never published"]
plan_sessions = duties["plan the sessions of the weekly chat"]


def test_an_unpublished_session_is_called_off_once_and_logged(
    series: Series, curator: User, caplog: pytest.LogCaptureFixture
) -> None:
    now = database_now()
    late = make_session(series, curator, now - timedelta(days=7), status="draft")
    with caplog.at_level(logging.INFO):
        assert [call_off_unpublished(now) for _ in range(2)] == [1, 0]
    late.refresh_from_db()
    assert late.status == "cancelled"
    assert caplog.messages == [f"Called off session {late.pk}, which was never published."]


def test_eight_weeks_are_planned_once_and_logged(
    series: Series, caplog: pytest.LogCaptureFixture
) -> None:
    now = database_now()
    with caplog.at_level(logging.INFO):
        assert [plan_sessions(now) for _ in range(2)] == [WEEKS, 0]
    first = ChatSession.objects.order_by("starts_at")[0]
    assert caplog.messages[0] == f"Planned {first.date} of #TalkTech."
    assert len(caplog.messages) == WEEKS


def test_nothing_is_planned_at_an_instant_that_the_database_left_behind(series: Series) -> None:
    assert plan_sessions(database_now() - BOUND - timedelta(minutes=1)) == 0
    assert not ChatSession.objects.exists()
