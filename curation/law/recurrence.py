"""A weekly local time in a time zone as instants, correct across daylight-saving changes.

What is stored are weekday, local time and zone; "every seven days in UTC" would drift. Each week's
instant is computed separately. A time that the clocks skip is shifted forward by as much as they
skip (02:30 becomes 03:30); of a time that they repeat, the first one counts.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEK = timedelta(weeks=1)


class Slot(NamedTuple):
    day: date  # the day by the rule; the instant is on the next day if the zone skipped this one
    starts_at: datetime  # aware, UTC


def instant(day: date, local_time: time, zone: ZoneInfo) -> datetime:
    """That local time on that day, as aware UTC."""
    # fold=0 means the first of two times, and in a gap the offset before it: both are our rules.
    return datetime.combine(day, local_time.replace(fold=0, tzinfo=None), zone).astimezone(UTC)


def following(
    weekday: int, local_time: time, zone: ZoneInfo, after: datetime, count: int
) -> list[Slot]:
    """The next `count` slots that start later than `after`. Weekdays: Monday is 0."""
    slots = (Slot(day, instant(day, local_time, zone)) for day in days(weekday, after, zone))
    return list(islice((slot for slot in slots if slot.starts_at > after), count))


def days(weekday: int, after: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The dates of that weekday, starting with one that is certainly before `after`."""
    day = after.astimezone(zone).date() - WEEK
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while True:
        yield day
        day += WEEK


def same_week(day: date, weekday: int) -> date:
    """That weekday in the week (Monday to Sunday) of `day`."""
    return day + timedelta(days=weekday - day.weekday())
