"""The duties of the weekly chat: each has its effect once, and says what it did."""

from datetime import datetime, timedelta

from curation import duties
from curation.clock import database_now
from curation.clock_agreement import BOUND
from curation.models import ChatSession, Series
from curation.rota.schedule import WEEKS
from people.models import User
from tests.conftest import make_session


def do_duties(now: datetime, by_database: datetime) -> list[str]:
    return [sentence for _, do in duties.due(now, by_database) for sentence in do()]


def test_an_unpublished_session_is_called_off_once(series: Series, curator: User) -> None:
    now = database_now()
    late = make_session(series, curator, now - timedelta(days=7), status="draft")
    sentence = f"Called off session {late.pk}, which was never published."
    assert [do_duties(now, now).count(sentence) for _ in range(2)] == [1, 0]
    late.refresh_from_db()
    assert late.status == "cancelled"


def test_eight_weeks_are_planned_once(series: Series) -> None:
    now = database_now()
    sentences = do_duties(now, now)
    planned = ChatSession.objects.order_by("starts_at")
    assert sentences == [f"Planned {session.date} of #TalkTech." for session in planned]
    assert len(sentences) == WEEKS
    assert do_duties(now, now) == []


def test_nothing_is_planned_while_the_host_is_far_behind_the_database(series: Series) -> None:
    now = database_now()
    assert do_duties(now - BOUND - timedelta(milliseconds=1), now) == []
    assert not ChatSession.objects.exists()
    assert len(do_duties(now - BOUND, now)) == WEEKS
