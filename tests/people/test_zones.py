"""Time zones: what browsers tell, what people choose, and how instants are shown in them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.test import RequestFactory
from django.utils import timezone

from people import zones
from people.models import User
from people.templatetags.instants import instant, instants, whose_time

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def told(cookie: str) -> str:
    request = RequestFactory().get("/")
    request.COOKIES["tz"] = cookie
    return zones.browsers_zone(request)


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("Europe%2FBerlin", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("America%2FArgentina%2FBuenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Asia%2FCalcutta", "Asia/Calcutta"),
        ("UTC", "UTC"),
        ("", ""),
        ("europe/berlin", ""),
        ("Europe%252FBerlin", ""),
        ("../../etc/passwd", ""),
        ("%00", ""),
        ("%ff%fe", ""),
        ("Europe%2FBerlin%0d%0aSet-Cookie:x", ""),
        ("Europe%2FBerlin" * 1000, ""),
    ],
)
def test_a_browser_tells_a_zone_of_the_database_or_nothing(cookie: str, zone: str) -> None:
    assert told(cookie) == zone


def test_everyone_finds_a_zone_and_each_is_offered_once() -> None:
    offered = [zone for _, places in zones.choices() for zone, _ in places]
    assert len(offered) == len(set(offered))
    assert set(offered) <= available_timezones()
    assert {"Europe/Berlin", "Asia/Kolkata", "Asia/Calcutta", "America/New_York", "UTC"} <= set(
        offered
    )
    assert not [zone for zone in offered if zone.startswith(("Etc/", "US/", "SystemV/"))]


def test_what_one_has_is_offered_even_if_it_is_an_old_name() -> None:
    assert "US/Central" in {zone for _, places in zones.choices("US/Central") for zone, _ in places}
    assert zones.choices("Mars/Olympus") == zones.choices()


def test_a_zone_is_named_as_people_say_it() -> None:
    assert zones.place("America/New_York") == "New York"
    assert zones.place("America/Argentina/Buenos_Aires") == "Buenos Aires, Argentina"
    assert zones.place("UTC") == "UTC"


@pytest.mark.parametrize(
    ("chosen", "cookie", "zone"),
    [
        ("Asia/Tokyo", "Europe%2FBerlin", "Asia/Tokyo"),
        ("", "Europe%2FBerlin", "Europe/Berlin"),
        ("", "", ""),
        ("Was/Once", "Europe%2FBerlin", "Europe/Berlin"),
    ],
)
def test_what_one_chose_counts_more_than_what_the_browser_says(
    chosen: str, cookie: str, zone: str
) -> None:
    request = RequestFactory().get("/")
    request.user = User(time_zone=chosen)
    request.COOKIES["tz"] = cookie
    assert zones.readers_zone(request) == zone


def test_an_instant_is_given_in_the_readers_zone_and_in_utc_for_programs() -> None:
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        html = instant(NOON)
        assert 'datetime="2026-07-01T12:00:00Z"' in html and ">17:30</time>" in html
        assert ">Wednesday 1 July</time>" in instant(NOON, "day")
        assert ">1 Jul 2026</time>" in instant(NOON, "date")
        assert " to " in instants(NOON, NOON)


@pytest.mark.parametrize(
    ("zone", "home", "said"),
    [
        ("Europe/Berlin", "Europe/Berlin", "your time"),
        ("Europe/Paris", "Europe/Berlin", "your time"),
        ("Asia/Kolkata", "Europe/Berlin", "your time, 14:00 in Berlin"),
        ("UTC", "Europe/Berlin", "UTC, 14:00 in Berlin"),
        ("UTC", "", "UTC"),
        ("Asia/Kolkata", "", "your time"),
    ],
)
def test_the_zone_is_named_where_it_could_mislead(zone: str, home: str, said: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert whose_time(NOON, home) == said
