"""What the weekly chat needs done every second: sessions planned, late drafts called off."""

import logging
from collections.abc import Callable
from datetime import datetime

from curation.clock import database_now
from curation.clock_agreement import BOUND
from curation.models import Series
from curation.rota import schedule

log = logging.getLogger(__name__)


def call_off_unpublished(now: datetime) -> int:
    """Call off the sessions that should have started and were never published; how many."""
    called_off = schedule.call_off_unpublished(now)
    for session_id in called_off:
        log.info("Called off session %s, which was never published.", session_id)
    return len(called_off)


def plan_sessions(now: datetime) -> int:
    """Create the missing sessions of the next eight weeks; how many.

    Nothing is planned while `now` is far behind the database's clock: weeks that are long past
    would be filled.
    """
    if database_now() - now > BOUND:
        return 0
    planned = 0
    for series in Series.objects.all():
        for session in schedule.plan(series, now):
            log.info("Planned %s of %s.", session.date, series)
            planned += 1
    return planned


# Name for the log ("could not …"), and what to do at an instant on which all clocks agree.
DUTIES: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("call off what was never published", call_off_unpublished),
    ("plan the sessions of the weekly chat", plan_sessions),
)
