"""Template tags for instants in the reader's zone: `{% instant session.starts_at "day" %}`."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from people.time_format import current, offset_of
from people.time_zones import place_name

register = template.Library()


@register.simple_tag
def instant(value: datetime, shape: str = "time") -> SafeString:
    """One instant by its shape: "time" 14:00, "day" Thursday 26 November, "date" 26 Nov 2026, …

    It is in the reader's style: 2:00 PM and Thursday, November 26 for an American.
    """
    text = formats.date_format(timezone.localtime(value), current.get().shapes[shape])
    return format_html('<time datetime="{}" data-shape="{}">{}</time>', iso(value), shape, text)


def iso(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag
def instant_of_day(value: datetime) -> SafeString:
    """A day and a time: Thu 26 Nov 2026, 14:00."""
    return format_html("{}, {}", instant(value, "weekday"), instant(value))


@register.simple_tag
def instants(start: datetime, end: datetime) -> SafeString:
    """A span of time: 14:00 to 14:30."""
    return format_html("{} to {}", instant(start), instant(end))


@register.simple_tag
def whose_time(value: datetime, home: str = "") -> SafeString:
    """Name the zone in which `value` was just shown, and its time at `home` if that differs.

    "your time" or "your time, 15:00 in Berlin"; "UTC" for a reader whose zone is unknown. Printed
    pages, which others read too, say "your time (Paris, UTC+1)". A script corrects it if the
    browser is in another zone.
    """
    here = timezone.localtime(value)
    zone = timezone.get_current_timezone_name()
    there = value.astimezone(ZoneInfo(home)) if home else here
    return format_html(
        '<span data-whose="{}" data-home="{}">{}{}{}</span>',
        iso(value),
        home,
        "UTC" if zone == "UTC" else "your time",
        ""
        if zone == "UTC"
        else format_html(
            '<span class="print-only"> ({}, {})</span>', place_name(zone), offset_of(here)
        ),
        ""
        if there.utcoffset() == here.utcoffset()
        else f", {formats.date_format(there, current.get().shapes['time'])} in {place_name(home)}",
    )


@register.simple_tag
def countdown(
    until: datetime, now: datetime, *, reload: bool = False, hidden: bool = False
) -> SafeString:
    """The time left, filled in by a script that starts from `now`, the server's instant.

    reload: reload the page when no time is left. hidden: show nothing, only reload.
    """
    return format_html(
        '<tt-countdown data-until="{}" data-now="{}"{}{}></tt-countdown>',
        until.astimezone(UTC).isoformat(),
        now.astimezone(UTC).isoformat(),
        " data-reload" if reload else "",
        " hidden" if hidden else "",
    )
