"""What the passing of time does to the schedule."""

from datetime import datetime

from curation.models import ChatSession, Series


def plan(series: Series, now: datetime) -> list[ChatSession]:
    """Create what is missing of the next eight weeks."""
    return []


def call_off_unpublished(now: datetime) -> list[int]:
    """Call off what should have started and was never published."""
    return []
