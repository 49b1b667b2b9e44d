"""The summary of errors above a form, with a link to the field of each."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField

register = template.Library()

CORRECT = "Correct what’s marked below:"


class Wrong(NamedTuple):
    """One error: the id of its control ("" if it is about none), its label and the sentence."""

    control: str
    label: str
    text: str


@register.inclusion_tag("components/error_summary.html")
def error_summary(forms: Any, heading: str = "", others: Iterable[Wrong] = ()) -> dict[str, Any]:
    """Render the errors of one form or several, after `others`; nothing if there are none.

    It works without JavaScript: the list gets the focus as the page loads, and links lead to
    fields.
    """
    one_by_one = [forms] if isinstance(forms, BaseForm) else forms
    found = [*others, *(wrong for form in one_by_one for wrong in errors_of(form))]
    if not heading and any(wrong.label for wrong in found):
        heading = CORRECT
    return {"errors": found, "heading": heading}


def errors_of(form: BaseForm) -> Iterator[Wrong]:
    """A form may have a `where`, such as "Topic 2, article 1", to distinguish it from others."""
    if not form.is_bound:
        return
    where = getattr(form, "where", "")
    yield from (Wrong("", where, str(text)) for text in form.non_field_errors())
    for field in form:
        label = f"{where}, {field.label}" if where else str(field.label)
        yield from (Wrong(control_of(field), label, str(text)) for text in field.errors)


def control_of(field: BoundField) -> str:
    """Return the id of the field's control, or of the first if it has several."""
    if field.is_hidden:
        return ""
    return field.id_for_label or f"{field.auto_id}_0"
