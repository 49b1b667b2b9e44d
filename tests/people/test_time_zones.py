"""Time zones of browsers, chosen ones, and how instants are shown in them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from django.utils.html import strip_tags

from people import time_format, time_zones
from people.models import User
from people.templatetags.instants import instant, instants, whose_time

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def told(cookie: str) -> str:
    request = RequestFactory().get("/")
    request.COOKIES["tz"] = cookie
    return time_zones.browsers_zone(request)


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
def test_a_browsers_cookie_gives_a_known_zone_or_none(cookie: str, zone: str) -> None:
    assert told(cookie) == zone


def test_everyone_finds_a_zone_and_each_is_offered_once() -> None:
    offered = [zone for _, places in time_zones.choices() for zone, _ in places]
    assert len(offered) == len(set(offered))
    assert set(offered) <= available_timezones()
    assert {"Europe/Berlin", "Asia/Kolkata", "Asia/Calcutta", "America/New_York", "UTC"} <= set(
        offered
    )
    assert not [zone for zone in offered if zone.startswith(("Etc/", "US/", "SystemV/"))]


def test_the_current_zone_is_offered_even_if_its_name_is_old() -> None:
    assert "US/Central" in {
        zone for _, places in time_zones.choices("US/Central") for zone, _ in places
    }
    assert time_zones.choices("Mars/Olympus") == time_zones.choices()


def test_a_zone_is_named_after_its_place() -> None:
    assert time_zones.place_name("America/New_York") == "New York"
    assert time_zones.place_name("America/Argentina/Buenos_Aires") == "Buenos Aires, Argentina"
    assert time_zones.place_name("UTC") == "UTC"


@pytest.mark.parametrize(
    ("chosen", "cookie", "zone"),
    [
        ("Asia/Tokyo", "Europe%2FBerlin", "Asia/Tokyo"),
        ("", "Europe%2FBerlin", "Europe/Berlin"),
        ("", "", ""),
        ("Was/Once", "Europe%2FBerlin", "Europe/Berlin"),
    ],
)
def test_a_chosen_zone_counts_more_than_the_browsers(chosen: str, cookie: str, zone: str) -> None:
    request = RequestFactory().get("/")
    request.user = User(time_zone=chosen)
    request.COOKIES["tz"] = cookie
    assert time_zones.readers_zone(request) == zone


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
def test_the_zone_is_named_if_the_time_could_mislead(zone: str, home: str, said: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        html = whose_time(NOON, home)
    assert strip_tags(re.sub("<span class=.print-only.>.*?</span>", "", html)) == said


def test_on_paper_the_zone_is_named() -> None:
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        assert strip_tags(whose_time(NOON, "Europe/Berlin")) == (
            "your time (Kolkata, UTC+5:30), 14:00 in Berlin"
        )


@pytest.mark.parametrize(
    ("languages", "time", "day", "date"),
    [
        ("", "17:30", "Wednesday 1 July", "1 Jul 2026"),
        ("en-GB,en;q=0.9", "17:30", "Wednesday 1 July", "1 Jul 2026"),
        ("en-US,en;q=0.9", "5:30\u202fPM", "Wednesday, July 1", "Jul 1, 2026"),
        ("en", "5:30\u202fPM", "Wednesday, July 1", "Jul 1, 2026"),
        ("en-AU", "5:30\u202fPM", "Wednesday 1 July", "1 Jul 2026"),
        ("de-DE,de,en-US;q=0.7", "17:30", "Wednesday 1 July", "1 Jul 2026"),
        (",;q=x\u0000", "17:30", "Wednesday 1 July", "1 Jul 2026"),
    ],
)
def test_an_instant_is_given_in_the_readers_style(
    languages: str, time: str, day: str, date: str
) -> None:
    with timezone.override(ZoneInfo("Asia/Kolkata")), time_format.reader_style(languages):
        assert f">{time}</time>" in instant(NOON)
        assert f">{day}</time>" in instant(NOON, "day")
        assert f">{date}</time>" in instant(NOON, "date")
        assert re.search(rf">{day},? 2026</time>", instant(NOON, "full"))


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("UTC", "UTC"),
        ("Europe/Berlin", "UTC+2"),
        ("America/St_Johns", "UTC-2:30"),
        ("Asia/Kathmandu", "UTC+5:45"),
    ],
)
def test_an_offset_is_written_in_hours_and_minutes(zone: str, offset: str) -> None:
    assert time_format.offset_of(NOON.astimezone(ZoneInfo(zone))) == offset


def test_an_email_names_the_zone_of_its_times() -> None:
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        text = render_to_string(
            "account/email/password_changed_message.txt", {"timestamp": NOON, "ip": "192.0.2.1"}
        )
    assert "on 1 July 2026 at 17:30 IST from 192.0.2.1" in text
