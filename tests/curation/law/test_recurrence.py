"""A weekly chat keeps its local time in every zone, across all changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.law import recurrence

ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
DAYS = st.dates(date(1990, 1, 1), date(2037, 12, 1))
WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))


def every_reading(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """All instants that are this local time in the zone, found by trying every nearby offset."""
    shown = datetime.combine(day, wall)
    around = (shown.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in range(-36, 37))
    offsets = {instant.astimezone(zone).utcoffset() for instant in around}
    tries = {shown.replace(tzinfo=UTC) - offset for offset in offsets if offset is not None}
    return sorted(one for one in tries if one.astimezone(zone).replace(tzinfo=None) == shown)


@given(zone=ZONES, day=DAYS, wall=WALLS)
def test_the_local_time_is_kept_in_every_zone(zone: ZoneInfo, day: date, wall: time) -> None:
    found = recurrence.instant(day, wall, zone)
    readings = every_reading(day, wall, zone)
    if readings:
        assert found == readings[0]
    else:
        shift = found.astimezone(zone).replace(tzinfo=None) - datetime.combine(day, wall)
        before, after = (at.astimezone(zone).utcoffset() for at in (found - shift, found))
        assert before is not None and after is not None
        assert shift == after - before > timedelta(0), "shifted by as much as the clocks skipped"


def changes_of(zone: ZoneInfo, year: int) -> list[datetime]:
    """The instants (to the quarter of an hour before) at which a zone's clocks change that year."""

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(zone).utcoffset()

    quarter, day = timedelta(minutes=15), timedelta(days=1)
    found = []
    for number in range(366):
        at = datetime(year, 1, 1, tzinfo=UTC) + number * day
        if offset(at) != offset(at + day):
            while offset(at + quarter) == offset(at):
                at += quarter
            found.append(at)
    return found


@pytest.mark.parametrize("year", [2026, 2027])
def test_instants_are_right_around_every_change_of_the_clocks_in_every_zone(year: int) -> None:
    seen = 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for change in changes_of(zone, year):
            seen += 1
            for minutes in range(-90, 120, 15):
                local = (change + timedelta(minutes=minutes)).astimezone(zone)
                readings = every_reading(local.date(), local.time(), zone)
                assert recurrence.instant(local.date(), local.time(), zone) == readings[0]
    assert seen > 100


@given(zone=ZONES, day=DAYS, wall=WALLS, weekday=st.integers(0, 6))
def test_following_slots_are_a_week_apart_in_local_time(
    zone: ZoneInfo, day: date, wall: time, weekday: int
) -> None:
    after = datetime.combine(day, time(12), UTC)
    slots = recurrence.following(weekday, wall, zone, after, 8)
    assert len(slots) == 8
    assert all(slot.day.weekday() == weekday and slot.starts_at > after for slot in slots)
    assert all(b.day - a.day == recurrence.WEEK for a, b in pairwise(slots))
    earlier = recurrence.instant(slots[0].day - recurrence.WEEK, wall, zone)
    assert earlier <= after, "no slot is left out"


@pytest.mark.parametrize(
    ("zone", "wall", "day", "utc"),
    [
        pytest.param("Europe/Berlin", "14:00", "2026-11-26", "2026-11-26T13:00", id="winter"),
        pytest.param("Europe/Berlin", "14:00", "2026-07-02", "2026-07-02T12:00", id="summer"),
        pytest.param("Europe/Berlin", "01:59", "2026-03-29", "2026-03-29T00:59", id="before gap"),
        pytest.param("Europe/Berlin", "02:00", "2026-03-29", "2026-03-29T01:00", id="gap begins"),
        pytest.param("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:30", id="in the gap"),
        pytest.param("Europe/Berlin", "03:00", "2026-03-29", "2026-03-29T01:00", id="gap ends"),
        pytest.param("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30", id="first of two"),
        pytest.param("Europe/Berlin", "03:00", "2026-10-25", "2026-10-25T02:00", id="after fold"),
        pytest.param("America/New_York", "02:30", "2026-03-08", "2026-03-08T07:30", id="ny gap"),
        pytest.param("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30", id="ny fold"),
        pytest.param("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:45", id="lh gap"),
        pytest.param(
            "Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04T14:45", id="lh fold"
        ),
        pytest.param("Africa/Casablanca", "14:00", "2026-02-19", "2026-02-19T14:00", id="ramadan"),
        pytest.param("Africa/Casablanca", "14:00", "2026-04-02", "2026-04-02T13:00", id="after it"),
        pytest.param("Asia/Kolkata", "14:00", "2026-07-02", "2026-07-02T08:30", id="half an hour"),
        pytest.param("America/Santiago", "00:30", "2026-09-06", "2026-09-06T04:30", id="midnight"),
        pytest.param("Pacific/Apia", "14:00", "2011-12-30", "2011-12-31T00:00", id="skipped day"),
    ],
)
def test_a_known_day_in_a_known_zone_has_the_known_instant(
    zone: str, wall: str, day: str, utc: str
) -> None:
    found = recurrence.instant(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_that_is_skipped_is_shifted_by_as_much() -> None:
    found = recurrence.instant(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin"))
    assert found.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)


def test_a_skipped_day_is_shifted_to_the_next_one() -> None:
    found = recurrence.instant(date(2011, 12, 30), time(14), ZoneInfo("Pacific/Apia"))
    assert found.astimezone(ZoneInfo("Pacific/Apia")).date() == date(2011, 12, 31)


def test_a_slot_that_starts_at_the_instant_itself_is_not_after_it() -> None:
    zone, at = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    later = recurrence.following(3, time(14), zone, at, 1)[0]
    sooner = recurrence.following(3, time(14), zone, at - timedelta(milliseconds=1), 1)[0]
    assert (sooner.day, later.day) == (date(2026, 11, 26), date(2026, 12, 3))


@pytest.mark.parametrize("day", range(23, 30))
def test_the_same_week_runs_from_monday_to_sunday(day: int) -> None:
    assert recurrence.same_week(date(2026, 11, day), 3) == date(2026, 11, 26)
