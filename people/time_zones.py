"""The reader's own time zone: what they chose, else what their browser says, else UTC."""

from collections.abc import Callable
from functools import cache
from itertools import groupby
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from people.time_format import reader_style

COOKIE = f"{settings.COOKIE_PREFIX}tz"
LONGEST = 64
CONTINENTS = frozenset(("Africa", "America", "Antarctica", "Asia", "Australia", "Europe"))
OCEANS = frozenset(("Arctic", "Atlantic", "Indian", "Pacific"))
ELSEWHERE = "Elsewhere"

Choices = list[tuple[str, list[tuple[str, str]]]]


class ReaderTimeZone:
    """Middleware: every instant of a page is shown in its reader's zone and style."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = ZoneInfo(readers_zone(request) or "UTC")
        with timezone.override(zone), reader_style(request.headers.get("Accept-Language", "")):
            return self.get_response(request)


def readers_zone(request: HttpRequest) -> str:
    """The zone's name; '' when nobody told us."""
    try:
        chosen = getattr(request.user, "time_zone", "")
    except DatabaseError:  # the page itself will say so, or, if it is /health/, answer
        chosen = ""
    return chosen if chosen in known_zones() else browsers_zone(request)


def browsers_zone(request: HttpRequest) -> str:
    """The zone that the browser told in its cookie; '' for none, or for what is none."""
    name = unquote(request.COOKIES.get(COOKIE, "")[: 3 * LONGEST])
    return name if name in known_zones() else ""


@cache
def known_zones() -> frozenset[str]:
    """Every name of the time zone database, the old ones too, which browsers still tell."""
    return frozenset(zone for zone in available_timezones() if len(zone) <= LONGEST)


def choices(*besides: str) -> Choices:
    """The zones to choose from, by continent; and those `besides` that one has already."""
    offered = sorted(
        {*offered_zones(), *(zone for zone in besides if zone in known_zones())}, key=sort_key
    )
    return [
        (region, [(zone, place_name(zone)) for zone in zones])
        for region, zones in groupby(offered, key=region_of)
    ]


@cache
def offered_zones() -> frozenset[str]:
    """Those that name a place, and UTC; without old names like "EST", "US/Central", "Etc/GMT+5"."""
    return frozenset(zone for zone in known_zones() if region_of(zone) != ELSEWHERE) | {"UTC"}


def sort_key(zone: str) -> tuple[bool, str, str]:
    """The order of the list: continents by name, what is no place at the end."""
    return region_of(zone) == ELSEWHERE, region_of(zone), place_name(zone)


def region_of(zone: str) -> str:
    region = zone.partition("/")[0]
    return region if region in CONTINENTS | OCEANS else ELSEWHERE


def place_name(zone: str) -> str:
    """As people say it: "Berlin", "Buenos Aires, Argentina"."""
    *larger, city = zone.replace("_", " ").split("/")
    return ", ".join([city, *larger[:0:-1]])
