"""The forms in which people say who they are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people import names, zones
from people.models import Team, User

# What is longer is not even looked at: bringing a megabyte of marks into order takes minutes.
LONGEST_AS_TYPED = 4 * names.LONGEST


class NameField(forms.CharField):
    """A name, tidy; refused as `names.check` says."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(validators=[names.check], **kwargs)

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        if len(text) > LONGEST_AS_TYPED:
            raise ValidationError(f"A name has 1 to {names.LONGEST} characters.", code="length")
        return names.tidy(text)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's own name, team and time zone."""

    name = NameField()
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team")
    time_zone = forms.ChoiceField(required=False, help_text="Every time is shown in it.")

    class Meta:
        model = User
        fields = ("name", "team", "time_zone")

    def __init__(self, *args: Any, guess: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", f"As my browser says: {zones.place(guess or 'UTC')}"),
            *zones.choices(self.instance.time_zone),
        ]

    def keep(self) -> None:
        """Write these three and nothing else: an admin may have changed the rest meanwhile."""
        self.instance.save(update_fields=self.Meta.fields)
