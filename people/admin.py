"""People as admins keep them: who is here, in which team, and what they may do."""

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from people import names
from people.models import AuditEntry, SignUpDomain, Team, User

if TYPE_CHECKING:
    TeamBase = admin.ModelAdmin[Team]
    DomainBase = admin.ModelAdmin[SignUpDomain]
    AuditBase = admin.ModelAdmin[AuditEntry]
    CreationForm = BaseUserCreationForm[User]
    PersonModelForm = ModelForm[User]
else:
    TeamBase = DomainBase = AuditBase = admin.ModelAdmin
    CreationForm, PersonModelForm = BaseUserCreationForm, ModelForm

admin.site.unregister(Group)

ANSWERABLE = {
    "is_active": ("may sign in again", "may not sign in any more"),
    "is_superuser": ("is an admin", "is no admin any more"),
}


def free_address(email: str, person: User | None = None) -> str:
    """The address as it is stored; raises ValidationError when somebody has it already."""
    email = email.strip().lower()
    others = User.objects.exclude(pk=person.pk) if person else User.objects.all()
    if others.filter(email__iexact=email).exists():
        raise ValidationError("Somebody has this address already.", code="unique")
    return email


class NewPersonForm(CreationForm):
    class Meta:
        model = User
        fields = ("name", "email", "team")

    def clean_name(self) -> str:
        return names.tidy(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return free_address(self.cleaned_data["email"])


class PersonForm(PersonModelForm):
    class Meta:
        model = User
        fields = ("name", "email", "team", "time_zone", "groups", "is_active", "is_superuser")
        labels: ClassVar[dict[str, str]] = {"groups": "Works in the admin as"}
        help_texts: ClassVar[dict[str, str]] = {
            "groups": "",
            "is_active": "Unticked: signed out at once; posts and transcripts stay.",
            "is_superuser": "May change people, the series and every session.",
        }
        widgets: ClassVar[dict[str, Any]] = {"groups": forms.CheckboxSelectMultiple}

    acting: ClassVar[User]  # set by the admin for the request

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].label = "Admin"

    def clean_name(self) -> str:
        return names.tidy(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return free_address(self.cleaned_data["email"], self.instance)

    def clean_is_active(self) -> bool:
        return self.unless_own("is_active", "You can't take away your own sign-in.")

    def clean_is_superuser(self) -> bool:
        return self.unless_own("is_superuser", "You can't take away your own rights as an admin.")

    def unless_own(self, field: str, sentence: str) -> bool:
        wanted = bool(self.cleaned_data[field])
        if not wanted and self.instance.pk == self.acting.pk:
            raise ValidationError(sentence, code="own")
        return wanted


@admin.register(User)
class People(UserAdmin):
    """Nobody is deleted: their posts would go with them. They are deactivated."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    list_display = ("name", "email", "team", "is_active", "is_staff", "is_superuser")
    list_display_links = ("name",)
    list_filter = ("is_active", "is_staff", "team")
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("name", "email", "team", "time_zone")}),
        ("May", {"fields": ("is_active", "groups", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("name", "email", "team", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only an admin changes an admin: whoever sets their address or password becomes them."""
        may: bool = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or is_admin(request))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or is_admin(request):
            return fieldsets
        return (
            (None, {"fields": ("name", "email", "team", "time_zone")}),
            ("May", {"fields": ("is_active",)}),
        )

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.acting = request.user
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        EmailAddress.objects.filter(user=obj).exclude(email__iexact=obj.email).delete()
        EmailAddress.objects.update_or_create(
            user=obj, email=obj.email, defaults={"verified": True, "primary": True}
        )
        answer_for(request, obj, form.changed_data if change else [])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person = form.instance
        works_here = person.is_superuser or person.groups.exists()
        if person.is_staff != works_here:
            person.is_staff = works_here
            person.save(update_fields=["is_staff"])


def is_admin(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def answer_for(request: HttpRequest, person: User, changed: list[str]) -> None:
    """Write down who gave or took away somebody's sign-in or rights."""
    for field, (given, taken) in ANSWERABLE.items():
        if field in changed:
            AuditEntry.objects.create(
                at=timezone.now(),
                actor=request.user,
                action=given if getattr(person, field) else taken,
                subject=f"{person.name} <{person.email}>"[:200],
            )


@admin.register(Team)
class Teams(TeamBase):
    list_display = ("name",)
    search_fields = ("name",)
    actions = None


@admin.register(SignUpDomain)
class SignUpDomains(DomainBase):
    list_display = ("domain",)
    actions = None


@admin.register(AuditEntry)
class AuditEntries(AuditBase):
    """To read, never to change."""

    list_display = ("at", "actor", "action", "subject", "reason")
    search_fields = ("action", "subject", "reason")
    list_filter = ("action",)
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
