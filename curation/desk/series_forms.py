"""The forms of the page for the weekly chat: when it is, and the rota of its curators."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from curation.desk.fields import SPARE_ROWS, LineField
from curation.models import Series
from people.forms import ZoneField
from people.models import User

MOST_IN_ROTA = 99


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = ZoneField()
    local_time = forms.TimeField(
        label="Starts at",
        help_text="Local time in this time zone, all year round.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    class Meta:
        model = Series
        fields = ("name", "weekday", "local_time", "time_zone")
        field_classes: ClassVar[dict[str, Any]] = {"name": LineField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, ZoneField)
        zone.offer(self.instance.time_zone or timezone.get_current_timezone_name())


class TurnForm(forms.Form):
    """A place in the rota. A row without a person counts as empty."""

    person = forms.TypedChoiceField(
        label="Curator",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Choose a person from the list."},
    )
    position = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_IN_ROTA,
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_IN_ROTA}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)
        person.choices = people

    def has_changed(self) -> bool:
        """A row counts once it has a person, whatever it was before."""
        return bool(self["person"].value())


class TurnFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        form.fields["DELETE"].label = "Remove"
        form.where = "Rota" if index is None else f"Rota, row {index + 1}"

    def clean(self) -> None:
        seen = set()
        for form in self.chosen():
            person = form.cleaned_data["person"]
            if person in seen:
                form.add_error("person", "This person is already in the rota.")
            seen.add(person)

    def chosen(self) -> list[Any]:
        """The valid rows that have a person and are not removed."""
        removed = self.deleted_forms if not any(self.errors) else []
        return [
            form
            for form in self.forms
            if form not in removed and getattr(form, "cleaned_data", {}).get("person")
        ]

    def order(self) -> list[int]:
        """The ids of the people in the order of their positions; rows without one come last."""
        rows = [
            (form.cleaned_data.get("position") or MOST_IN_ROTA + 1, form) for form in self.chosen()
        ]
        return [form.cleaned_data["person"] for _, form in sorted(rows, key=lambda row: row[0])]


turn_forms: Any = forms.formset_factory(
    TurnForm,
    formset=TurnFormSet,
    extra=SPARE_ROWS,
    can_delete=True,
    max_num=MOST_IN_ROTA,
    validate_max=True,
    absolute_max=3 * MOST_IN_ROTA,
)


def choices(people: Iterable[User], present: Iterable[User]) -> list[tuple[str, str]]:
    """The choices for a place in the rota: `people`, and those who are in it already."""
    offered = {person.pk: person for person in [*people, *present]}
    named = sorted(offered.values(), key=lambda person: (person.name.casefold(), person.pk))
    return [("", "Choose a person"), *((str(person.pk), label(person)) for person in named)]


def label(person: User) -> str:
    team = f", {person.team}" if person.team else ""
    return f"{person.name}{team}{'' if person.is_active else ' (can’t sign in)'}"
