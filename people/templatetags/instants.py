"""Instants in the reader's zone: `{% instant session.starts_at "day" %}`."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from people.zones import place

register = template.Library()

SHAPES = {
    "time": "H:i",
    "day": "l j F",
    "weekday": "D j M Y",
    "date": "j M Y",
    "short": "j M",
    "year": "Y",
}


@register.simple_tag
def instant(value: datetime, shape: str = "time") -> SafeString:
    """One instant: "time" 14:00, "day" Thursday 26 November, "date" 26 Nov 2026, …"""
    text = formats.date_format(timezone.localtime(value), SHAPES[shape])
    iso = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}" data-shape="{}">{}</time>', iso, shape, text)


@register.simple_tag
def instants(start: datetime, end: datetime) -> SafeString:
    """From one to another: 14:00 to 14:30."""
    return format_html("{} to {}", instant(start), instant(end))


@register.simple_tag
def whose_time(value: datetime, home: str = "") -> str:
    """Which clock an instant was just given by, and what it is at `home`, where that differs.

    "your time", or "your time, 15:00 in Berlin"; "UTC" for a reader whose zone nobody knows.
    """
    zone = timezone.get_current_timezone()
    named = "UTC" if timezone.get_current_timezone_name() == "UTC" else "your time"
    there = value.astimezone(ZoneInfo(home)) if home else value.astimezone(zone)
    if there.utcoffset() == value.astimezone(zone).utcoffset():
        return named
    return f"{named}, {there:%H:%M} in {place(home)}"


@register.simple_tag
def countdown(
    until: datetime, now: datetime, *, reload: bool = False, hidden: bool = False
) -> SafeString:
    """The time left, filled in by script, by the server's clock: `now` is this page's instant.

    reload: the page has something else to say when nothing is left. hidden: it is only for that.
    """
    return format_html(
        '<tt-countdown data-until="{}" data-now="{}"{}{}></tt-countdown>',
        until.astimezone(UTC).isoformat(),
        now.astimezone(UTC).isoformat(),
        " data-reload" if reload else "",
        " hidden" if hidden else "",
    )
