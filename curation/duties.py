"""What is due for the weekly chat every second: late drafts called off, sessions planned."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from curation.clock_agreement import BOUND
from curation.models import Series
from curation.rota import schedule
from people.duties import Duty


def due(now: datetime, by_database: datetime) -> Iterator[Duty]:
    """Yield each duty that may be due, separately, so that one that fails stops no other.

    `now` is the instant that all clocks agree on: a session that is called off stays so.
    """
    yield "call off what was never published", partial(call_off_unpublished, now)
    # Nothing is planned while `now` is far behind: weeks that are long past would be filled.
    if by_database - now <= BOUND:
        for series in Series.objects.all():
            yield f"plan the sessions of {series}", partial(plan_sessions, series, now)


def call_off_unpublished(now: datetime) -> list[str]:
    return [
        f"Called off session {session_id}, which was never published."
        for session_id in schedule.call_off_unpublished(now)
    ]


def plan_sessions(series: Series, now: datetime) -> list[str]:
    return [f"Planned {session.date} of {series}." for session in schedule.plan(series, now)]
