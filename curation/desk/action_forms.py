"""The forms for what a curator does to a session: move it, call it off, hand it over."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from curation.desk.fields import LineField
from curation.law import recurrence
from curation.rota.curators import curators
from people.models import User


class MoveForm(forms.Form):
    """Another day and time, as local time in a zone."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, data: Mapping[str, Any] | None, zone: ZoneInfo, at: datetime) -> None:
        local = at.astimezone(zone)
        super().__init__(data, prefix="move", initial={"day": local.date(), "time": local.time()})
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, local_time = cleaned.get("day"), cleaned.get("time")
        if isinstance(day, date) and isinstance(local_time, time):
            try:
                cleaned["to"] = recurrence.instant(day, local_time, self.zone)
            except OverflowError:
                raise ValidationError("Choose a time within the next year.") from None
        return cleaned


class CallOffForm(forms.Form):
    reason = LineField(
        max_length=200,
        label="Reason",
        help_text="Everyone who planned to come will see this.",
        error_messages={"required": "Give a reason for the people who planned to come."},
    )


class HandOverForm(forms.Form):
    """Another curator, out of everyone who can curate."""

    to = forms.ModelChoiceField(User.objects.none(), label="New curator")

    def __init__(self, data: Mapping[str, Any] | None, current: User | None) -> None:
        super().__init__(data, prefix="over")
        everyone = curators()
        others = everyone.exclude(pk=current.pk) if current else everyone
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = others.select_related("team")
