"""The reader's own time zone: what they chose, else what their browser says, else UTC."""

from collections.abc import Callable
from functools import cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "tz"


@cache
def zones() -> frozenset[str]:
    """The names of the time zone database, without its directories of duplicates."""
    return frozenset(
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    ) | {"UTC"}


def zone_choices() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(zones())]


def browsers_zone(request: HttpRequest) -> str:
    """The zone that the browser told in its cookie; '' for none, or for what is none."""
    name = unquote(request.COOKIES.get(COOKIE, ""))
    return name if name in available_timezones() else ""


class ReadersZone:
    """Middleware: every instant of a page is shown in its reader's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "time_zone", "")
        name = (chosen if chosen in available_timezones() else "") or browsers_zone(request)
        with timezone.override(ZoneInfo(name or "UTC")):
            return self.get_response(request)
