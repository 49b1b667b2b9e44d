"""The form of the You page, and the fields for a name and a time zone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from people import names, security_log, time_zones
from people.lookalikes import impersonation
from people.models import AuditEntry, Team, User

# Longer texts are refused unread: normalizing a megabyte of combining marks takes minutes.
LONGEST_AS_TYPED = 4 * names.LONGEST


class NameField(forms.CharField):
    """A name, normalized and checked by `people.names`."""

    def __init__(self, **kwargs: Any) -> None:
        look = {"autocomplete": "name", "maxlength": names.LONGEST}
        kwargs.setdefault("widget", forms.TextInput(attrs=look))
        super().__init__(validators=[names.check], **kwargs)

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        if len(text) > LONGEST_AS_TYPED:
            raise ValidationError(f"Use 1 to {names.LONGEST} characters.", code="length")
        return names.tidy(text)


class ZoneField(forms.ChoiceField):
    """A zone of the time zone database, listed by continent."""

    default_error_messages: ClassVar = {"invalid_choice": "Choose a time zone from the list."}

    def offer(self, guess: str, *, first: tuple[str, str] | None = None) -> None:
        """List all zones and `guess`; `first`, else `guess`, is the initial choice."""
        offered: Any = time_zones.choices(guess)
        self.choices = [first, *offered] if first else offered
        self.initial = "" if first else guess or "UTC"


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's own name, team and time zone."""

    name = NameField(help_text="As your colleagues know you.")
    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        empty_label="No team",
        error_messages={"invalid_choice": "Choose a team from the list."},
    )
    time_zone = ZoneField(required=False, help_text="All times are shown in this zone.")

    class Meta:
        model = User
        fields = ("name", "team", "time_zone")

    def __init__(
        self, *args: Any, guess: str = "", frozen_until: datetime | None = None, **kwargs: Any
    ) -> None:
        """Until `frozen_until`, name and team can't be changed."""
        super().__init__(*args, **kwargs)
        self.frozen_until = frozen_until
        zone_field = self.fields["time_zone"]
        assert isinstance(zone_field, ZoneField)
        as_browser = ("", f"Same as my browser ({time_zones.place_name(guess or 'UTC')})")
        zone_field.offer(self.instance.time_zone, first=as_browser)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "name" not in given or not self.changes_identity:
            return given
        if self.frozen_until is not None:
            raise ValidationError(
                "Names and teams can’t be changed while a session is on. Try again after "
                f"{timezone.localtime(self.frozen_until):%H:%M}.",
                code="session",
            )
        if "name" in self.changed_data:
            name = given["name"]
            self.add_error_if_refused("name", impersonation.check_rank, name)
            self.add_error_if_refused("name", impersonation.check_team_in_name, name)
        return given

    @property
    def changes_identity(self) -> bool:
        return not {"name", "team"}.isdisjoint(self.changed_data)

    def add_error_if_refused(self, field: str, refuse: Callable[..., None], *given: Any) -> None:
        try:
            refuse(*given)
        except ValidationError as refused:
            self.add_error(field, refused)

    def save_profile(self, request: HttpRequest, now: datetime) -> bool:
        """Save these three fields; False, with an error on the form, if the name is taken.

        Other fields are left alone, as an admin may have changed them meanwhile.
        """
        person: User = self.instance
        with transaction.atomic():
            if not self.changes_identity:
                person.save(update_fields=self.Meta.fields)
                return True
            User.objects.lock_people()
            before = User.objects.select_related("team").get(pk=person.pk)
            self.add_error_if_refused(
                "name", impersonation.check_free, person.name, person.team, person
            )
            if self.errors:
                return False
            if person.name != before.name:
                person.set_former_name(before.name, now)
            person.save(update_fields=(*self.Meta.fields, "former_name", "renamed_at"))
            AuditEntry.objects.create(
                at=now,
                actor=person,
                action="changed their own name or team",
                subject=f"{before.name_with_team} → {person.name_with_team}"[:200],
            )
            security_log.write_event("renamed", request, account=person.pk)
        return True
