"""The converter `isodate` for addresses: it matches 2026-11-26 and no other spelling of it."""

from datetime import date

from django.urls import register_converter


class IsoDate:
    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(IsoDate, "isodate")
