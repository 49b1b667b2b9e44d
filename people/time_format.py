"""The reader's style of dates and times, by the first language that their browser accepts.

Screens are in English: an American gets "Thursday, November 26" and "2:00 PM". The scripts
(static/js/state/times.js) then format by the browser's own settings; this is what the page shows
until they run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple

# "" is plain "en", which browsers treat as American.
MONTH_FIRST = frozenset(("", "us", "ca", "ph"))
TWELVE_HOURS = MONTH_FIRST | {"au", "nz", "in", "sg", "hk", "my", "pk"}
THIN_SPACE = "\u202f"


class Style(NamedTuple):
    """Formats of Django's date filter, by shape."""

    is_month_first: bool
    has_twelve_hours: bool

    @property
    def shapes(self) -> dict[str, str]:
        return {
            "time": f"g:i{THIN_SPACE}A" if self.has_twelve_hours else "H:i",
            "day": "l, F j" if self.is_month_first else "l j F",
            "full": "l, F j, Y" if self.is_month_first else "l j F Y",
            "weekday": "D, M j, Y" if self.is_month_first else "D j M Y",
            "date": "M j, Y" if self.is_month_first else "j M Y",
            "short": "M j" if self.is_month_first else "j M",
            "year": "Y",
        }


DEFAULT = Style(is_month_first=False, has_twelve_hours=False)
current: ContextVar[Style] = ContextVar("readers_style", default=DEFAULT)


def style_of(accepted: str) -> Style:
    """Return the style for an Accept-Language header."""
    first = accepted.split(",")[0].split(";")[0].strip().lower()
    language, _, region = first.partition("-")
    if language != "en":
        return DEFAULT
    return Style(region in MONTH_FIRST, region in TWELVE_HOURS)


@contextmanager
def reader_style(accepted: str) -> Iterator[None]:
    """Format instants in that style within the block."""
    token = current.set(style_of(accepted))
    try:
        yield
    finally:
        current.reset(token)


def offset_of(at: datetime) -> str:
    """The offset as text: "UTC+1", "UTC+5:30", "UTC"."""
    offset = at.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02d}" if rest else "")
