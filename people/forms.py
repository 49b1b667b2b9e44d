"""The forms in which people say who they are."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from people import names, zones
from people.models import Team, User

# What is longer is not even looked at: bringing a megabyte of marks into order takes minutes.
LONGEST_AS_TYPED = 4 * names.LONGEST


class NameField(forms.CharField):
    """A name, tidy; refused as `names.check` says."""

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
    """A time zone of the database, offered by continent."""

    default_error_messages: ClassVar = {"invalid_choice": "Choose a time zone from the list."}

    def offer(self, guess: str, *, first: tuple[str, str] | None = None) -> None:
        """Offer all zones and `guess` besides, which is chosen at first unless `first` is."""
        offered: Any = zones.choices(guess)
        self.choices = [first, *offered] if first else offered
        self.initial = "" if first else guess or "UTC"


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's own name, team and time zone."""

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

    def __init__(self, *args: Any, guess: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone_field = self.fields["time_zone"]
        assert isinstance(zone_field, ZoneField)
        as_browser = ("", f"Same as my browser ({zones.place(guess or 'UTC')})")
        zone_field.offer(self.instance.time_zone, first=as_browser)

    def keep(self) -> None:
        """Write these three and nothing else: an admin may have changed the rest meanwhile."""
        self.instance.save(update_fields=self.Meta.fields)
