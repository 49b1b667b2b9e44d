"""Fields of forms that others wrote, drawn as ours."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def plain(field: BoundField) -> SafeString:
    """The field's control without a placeholder: its label stands above it."""
    return field.as_widget(attrs={"placeholder": False})


@register.filter
def sentence_case(label: str) -> str:
    """ "New Password (again)" is "New password (again)"."""
    return label[:1] + label[1:].lower()
