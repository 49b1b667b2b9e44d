"""How a session is laid out in time: a lobby of ten minutes, then three topics of ten.

Every other module imports these numbers from here.
"""

from datetime import datetime, timedelta

TOPICS = 3
TOPIC = timedelta(minutes=10)
LOBBY = timedelta(minutes=10)
LENGTH = TOPICS * TOPIC


def lobby_opens_at(starts_at: datetime) -> datetime:
    return starts_at - LOBBY


def topic_starts_at(starts_at: datetime, position: int) -> datetime:
    """When topic 1, 2 or 3 begins; position 4 is the end of the session."""
    return starts_at + (position - 1) * TOPIC


def ends_at(starts_at: datetime) -> datetime:
    return starts_at + LENGTH
