"""The reader's time zone: the one they chose, else their browser's, else UTC."""

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
    """Middleware: every instant on a page is shown in its reader's zone and style."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = ZoneInfo(readers_zone(request) or "UTC")
        with timezone.override(zone), reader_style(request.headers.get("Accept-Language", "")):
            return self.get_response(request)


def readers_zone(request: HttpRequest) -> str:
    """Return the zone's name; '' if it is unknown."""
    try:
        chosen = getattr(request.user, "time_zone", "")
    except DatabaseError:  # the view reports this itself
        chosen = ""
    return chosen if chosen in known_zones() else browsers_zone(request)


def browsers_zone(request: HttpRequest) -> str:
    """Return the zone in the browser's cookie; '' if there is no valid one."""
    name = unquote(request.COOKIES.get(COOKIE, "")[: 3 * LONGEST])
    return name if name in known_zones() else ""


@cache
def known_zones() -> frozenset[str]:
    """Every name in the time zone database, with the old ones that browsers still use."""
    return frozenset(zone for zone in available_timezones() if len(zone) <= LONGEST)


def choices(*extra: str) -> Choices:
    """The zones to choose from, by continent, with `extra` ones such as the current choice."""
    offered = sorted(
        {*offered_zones(), *(zone for zone in extra if zone in known_zones())}, key=sort_key
    )
    return [
        (region, [(zone, place_name(zone)) for zone in zones])
        for region, zones in groupby(offered, key=region_of)
    ]


@cache
def offered_zones() -> frozenset[str]:
    """UTC and the zones named after a place, without old names like "EST" and "US/Central"."""
    return frozenset(zone for zone in known_zones() if region_of(zone) != ELSEWHERE) | {"UTC"}


def sort_key(zone: str) -> tuple[bool, str, str]:
    """The order of the list: continents by name, then everything else."""
    return region_of(zone) == ELSEWHERE, region_of(zone), place_name(zone)


def region_of(zone: str) -> str:
    region = zone.partition("/")[0]
    return region if region in CONTINENTS | OCEANS else ELSEWHERE


def place_name(zone: str) -> str:
    """The name of the place: "Berlin", "Buenos Aires, Argentina"."""
    *larger, city = zone.replace("_", " ").split("/")
    return ", ".join([city, *larger[:0:-1]])
