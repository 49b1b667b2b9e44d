"""People as admins keep them: who is here, in which team, and what they may do."""

from typing import Any, ClassVar

import allauth.account.admin  # noqa: F401  (it registers what is taken out below)
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from people import posing, sign_ins, sign_up
from people.accounts import open_account
from people.forms import NameField, ZoneField
from people.models import AuditEntry, SignUpDomain, Team, User

admin.site.unregister([EmailAddress, Group])  # one address a person; groups are on their page

ANSWERABLE = {
    "is_active": ("can sign in again", "can no longer sign in"),
    "is_superuser": ("is an admin", "is no longer an admin"),
}

ADDED_TO_THE_DEMO = (
    "This is the demo, so this person belongs to it and will disappear with it. For your own "
    "colleagues, start TalkTech with an empty database."
)


def free_address(email: str, person: User | None = None) -> str:
    """The address as it is stored; raises ValidationError when somebody has it already."""
    email = User.objects.normalize_email(email).lower()
    sign_up.forget_unconfirmed(email)  # an admin knows better whose it is
    users, addresses = User.objects.all(), EmailAddress.objects.all()
    if person:
        users, addresses = users.exclude(pk=person.pk), addresses.exclude(user=person)
    if users.filter(email__iexact=email).exists() or addresses.filter(email__iexact=email).exists():
        raise ValidationError("This address already has an account.", code="unique")
    return email


def check_free(form: Any, given: dict[str, Any]) -> None:
    """Say beside the name if somebody of that team has it, or one that looks like it."""
    if "name" in given and given.get("is_active", True):
        try:
            posing.check_free(given["name"], given.get("team"), form.instance)
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

    acting: ClassVar[User]  # who changes this person; the admin sets it for each request

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
        return self.unless_own("is_active", "You can’t disable your own account.")

    def clean_is_superuser(self) -> bool:
        return self.unless_own("is_superuser", "You can’t remove your own admin rights.")

    def unless_own(self, field: str, sentence: str) -> bool:
        wanted = bool(self.cleaned_data[field])
        if not wanted and self.instance.pk == self.acting.pk:
            raise ValidationError(sentence, code="own")
        return wanted


class PlainChoices:
    """Choosing among what there is, without buttons to add, change or delete it on the way."""

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(*args, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


@admin.register(User)
class People(PlainChoices, UserAdmin):  # type: ignore[type-arg]
    """Nobody is deleted: their posts would go with them. They are deactivated."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    list_display = ("name", "email", "team", "works_as", "is_active")
    list_select_related = ("team",)
    show_facets = admin.ShowFacets.NEVER
    list_display_links = ("name",)
    list_filter = ("is_active", "groups", "team")
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("name", "email", "team", "time_zone")}),
        ("Permissions", {"fields": ("is_active", "groups", "is_superuser")}),
    )
    fieldsets_without_rights = (
        (None, {"fields": ("name", "email", "team", "time_zone")}),
        ("Permissions", {"fields": ("is_active",)}),
    )
    add_fieldsets = ((None, {"fields": ("name", "email", "team", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Without sign-ups that nobody confirmed: they are not people yet."""
        return super().get_queryset(request).filter(is_confirmed=True).prefetch_related("groups")

    @admin.display(description="Role")
    def works_as(self, person: User) -> str:
        roles = [group.name.rstrip("s") for group in person.groups.all()]
        return ", ".join(["Admin", *roles] if person.is_superuser else roles)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only an admin changes an admin: whoever sets their address or password becomes them."""
        may: bool = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or is_admin(request))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None or is_admin(request):
            return super().get_fieldsets(request, obj)
        return self.fieldsets_without_rights

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting = request.user
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if "name" in form.changed_data and change:
            obj.was_called(form.initial["name"], timezone.now())
        if not change:
            obj.simulated = bool(getattr(request.user, "simulated", False))
            open_account(obj, form.cleaned_data["password1"])
            if obj.simulated:
                messages.info(request, ADDED_TO_THE_DEMO)
            return
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)
        answer_for(request, obj, form.changed_data)
        if "is_active" in form.changed_data:
            sign_ins.may_have_ended(obj.pk)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST":
            sign_ins.may_have_ended(int(id))
        return answer

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever is an admin or in a group works in the admin; nobody else does."""
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
                actor_id=request.user.pk,
                action=given if getattr(person, field) else taken,
                subject=f"{person.name} <{person.email}>"[:200],
            )


@admin.register(Team)
class Teams(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name",)
    search_fields = ("name",)
    actions = None


@admin.register(SignUpDomain)
class SignUpDomains(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("domain",)
    actions = None


@admin.register(AuditEntry)
class AuditEntries(admin.ModelAdmin):  # type: ignore[type-arg]
    """To read, never to change."""

    list_display = ("at", "actor", "action", "subject", "reason")
    list_select_related = ("actor",)
    search_fields = ("action", "subject", "reason")
    list_filter = ("action",)
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
