"""People in the admin: their accounts, teams and roles."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from people import audit
from people.accounts.create import open_account
from people.admin.forms import NewPersonForm, PersonForm
from people.models import User
from people.sign_ins import attempts, endings

# By field: the event, and the audit log's words when it is granted and when it is withdrawn.
RIGHTS = {
    "is_active": ("sign_in_right", "can sign in again", "can no longer sign in"),
    "is_superuser": ("role", "is an admin", "is no longer an admin"),
}

ADDED_TO_THE_DEMO = (
    "This is the demo, so this person belongs to it and will disappear with it. For your own "
    "colleagues, start TalkTech with an empty database."
)


class WithoutRelatedButtons:
    """Mixin: choice fields without buttons to add, change or delete the related object."""

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(*args, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


@admin.register(User)
class PersonAdmin(WithoutRelatedButtons, UserAdmin):  # type: ignore[type-arg]
    """Accounts. They are deactivated and never deleted, as their posts would be deleted too."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    list_display = ("name", "email", "team", "role_names", "is_active")
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
        """Leave out unconfirmed sign-ups, which are not people yet."""
        return super().get_queryset(request).filter(is_confirmed=True).prefetch_related("groups")

    @admin.display(description="Role")
    def role_names(self, person: User) -> str:
        roles = [group.name.rstrip("s") for group in person.groups.all()]
        return ", ".join(["Admin", *roles] if person.is_superuser else roles)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only an admin may change an admin, as a new address or password lets its setter in."""
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

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lock names and addresses from the check to the save.

        A form that is refused changes nothing: an unconfirmed sign-up with the same address is
        deleted only if the form is saved.
        """
        if request.method != "POST":
            page: HttpResponse = super().changeform_view(request, *args, **kwargs)
            return page
        try:
            with transaction.atomic():
                User.objects.lock_people()
                page = super().changeform_view(request, *args, **kwargs)
                if "adminform" in (getattr(page, "context_data", None) or {}):
                    transaction.set_rollback(True)
        except ValidationError as refused:  # somebody signed up at the same moment
            for sentence in refused.messages:
                messages.error(request, sentence)
            return redirect(request.get_full_path())
        return page

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if "name" in form.changed_data and change:
            obj.set_former_name(form.initial["name"], timezone.now())
        if not change:
            obj.simulated = bool(getattr(request.user, "simulated", False))
            open_account(obj, form.cleaned_data["password1"])
            audit.record(
                request, "person_added", "added a person", audit.described(obj), account=obj.pk
            )
            if obj.simulated:
                messages.info(request, ADDED_TO_THE_DEMO)
            return
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)
        record_changes(request, obj, form)
        if "is_active" in form.changed_data:
            endings.report_possible_end(obj.pk)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST":
            endings.report_possible_end(int(id))
        if request.method == "POST" and answer.status_code == 302:
            person = User.objects.get(pk=id)
            attempts.clear(request, person.email)
            audit.record(
                request,
                "password_set",
                "set a password",
                audit.described(person),
                account=person.pk,
            )
        return answer

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give access to the admin to admins and to people in a group, and to nobody else."""
        super().save_related(request, form, formsets, change)
        person = form.instance
        works_here = person.is_superuser or person.groups.exists()
        if person.is_staff != works_here:
            person.is_staff = works_here
            person.save(update_fields=["is_staff"])


def is_admin(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def record_changes(request: HttpRequest, person: User, form: Any) -> None:
    """Record in the audit log who changed somebody's sign-in, rights, address or name."""
    changed = form.changed_data
    subject = audit.described(person)

    def record(event: str, action: str, subject: str = subject) -> None:
        audit.record(request, event, action, subject, account=person.pk, what=action)

    for field, (event, given, taken) in RIGHTS.items():
        if field in changed:
            record(event, given if getattr(person, field) else taken)
    if "groups" in changed:
        before, now = set(form.initial["groups"]), set(form.cleaned_data["groups"])
        for group in now - before:
            record("role", f"is a {role_name(group)}")
        for group in before - now:
            record("role", f"is no longer a {role_name(group)}")
    if "email" in changed:
        before_and_now = f"{audit.described(person, form.initial['email'])} → {person.email}"
        record("email_changed", "changed an email address", before_and_now)
    if "name" in changed:
        record("renamed", "changed a name", f"{form.initial['name']} → {subject}")


def role_name(group: Group) -> str:
    return group.name.removesuffix("s").lower()
