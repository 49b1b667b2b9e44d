"""The forms in which admins add and change people, and allow email domains."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError

from people import email_domains
from people.accounts import sign_up
from people.forms import NameField, ZoneField
from people.lookalikes import impersonation
from people.models import SignUpDomain, User


def free_address(email: str, person: User | None = None) -> str:
    """Return the address as it is stored; raises ValidationError if somebody has it already."""
    email = User.objects.normalize_email(email).lower()
    # The admin's word counts more than an unconfirmed sign-up. `PersonAdmin` rolls this back if the
    # form is refused.
    sign_up.delete_unconfirmed(email)
    users, addresses = User.objects.all(), EmailAddress.objects.all()
    if person:
        users, addresses = users.exclude(pk=person.pk), addresses.exclude(user=person)
    if users.filter(email__iexact=email).exists() or addresses.filter(email__iexact=email).exists():
        raise ValidationError("This address already has an account.", code="unique")
    return email


def check_free(form: Any, given: dict[str, Any]) -> None:
    """Add an error to the name if somebody of that team has it, or one that looks like it."""
    if "name" in given and given.get("is_active", True):
        try:
            impersonation.check_free(given["name"], given.get("team"), form.instance)
        except ValidationError as taken:
            form.add_error("name", taken)


class NewPersonForm(BaseUserCreationForm):  # type: ignore[type-arg]
    name = NameField()

    class Meta:
        model = User
        fields = ("name", "email", "team")

    def clean_email(self) -> str:
        return free_address(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        check_free(self, given)
        return given


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    name = NameField()
    time_zone = ZoneField(required=False)

    class Meta:
        model = User
        fields = ("name", "email", "team", "time_zone", "groups", "is_active", "is_superuser")
        labels: ClassVar[dict[str, str]] = {"groups": "Role"}
        help_texts: ClassVar[dict[str, str]] = {
            "groups": "Curators prepare their own sessions.",
            "is_active": "Untick to sign them out immediately. Their posts and transcripts stay.",
            "is_superuser": "Can change people, the weekly chat and every session.",
        }
        widgets: ClassVar[dict[str, Any]] = {"groups": forms.CheckboxSelectMultiple}

    acting: ClassVar[User]  # the admin who edits; `PersonAdmin.get_form` sets it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, ZoneField)
        zone.offer(self.instance.time_zone, first=("", "Same as the browser"))
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].label = "Admin"

    def clean_email(self) -> str:
        return free_address(self.cleaned_data["email"], self.instance)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not {"name", "team", "is_active"}.isdisjoint(self.changed_data):
            check_free(self, given)
        return given

    def clean_is_active(self) -> bool:
        return self.refuse_for_oneself("is_active", "You can’t disable your own account.")

    def clean_is_superuser(self) -> bool:
        return self.refuse_for_oneself("is_superuser", "You can’t remove your own admin rights.")

    def refuse_for_oneself(self, field: str, sentence: str) -> bool:
        wanted = bool(self.cleaned_data[field])
        if not wanted and self.instance.pk == self.acting.pk:
            raise ValidationError(sentence, code="own")
        return wanted


class DomainField(forms.CharField):
    """An email domain, normalized from what was typed."""

    def to_python(self, value: Any) -> str:
        return email_domains.normalize_domain(super().to_python(value) or "")


class SignUpDomainForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SignUpDomain
        fields = ("domain",)
        field_classes: ClassVar[dict[str, Any]] = {"domain": DomainField}
        help_texts: ClassVar[dict[str, str]] = {
            "domain": "Anyone who receives email at this domain can sign up."
        }
