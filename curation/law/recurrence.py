"""A weekly wall time in a time zone, as instants; right over every change of the clocks.

Stored are weekday, wall time and zone, never "every seven days in UTC", which drifts. Each week's
instant is computed for itself: where the clocks skip that time it is shifted forward by as much as
they skip (02:30 becomes 03:30), where they repeat it, it is the first.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEK = timedelta(weeks=1)


class Slot(NamedTuple):
    day: date  # the day by the rule; the instant may fall on the next one where the zone skipped it
    starts_at: datetime  # aware, UTC


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """That wall time on that day, as aware UTC."""
    # fold=0 means the first of two, and in a gap the offset before it: both are our rules.
    return datetime.combine(day, wall.replace(fold=0, tzinfo=None), zone).astimezone(UTC)


def following(weekday: int, wall: time, zone: ZoneInfo, after: datetime, count: int) -> list[Slot]:
    """The next `count` slots that start later than `after`. Weekdays: Monday is 0."""
    slots = (Slot(day, instant(day, wall, zone)) for day in days(weekday, after, zone))
    return list(islice((slot for slot in slots if slot.starts_at > after), count))


def days(weekday: int, after: datetime, zone: ZoneInfo) -> Iterator[date]:
    """That weekday's days, beginning with one that lies surely before `after`."""
    day = after.astimezone(zone).date() - WEEK
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while True:
        yield day
        day += WEEK


def same_week(day: date, weekday: int) -> date:
    """That weekday of the week (Monday to Sunday) in which `day` lies."""
    return day + timedelta(days=weekday - day.weekday())
