"""The audit log in the admin: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from people.models import AuditEntry
from people.templatetags.instants import instant_of_day


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To read, never to change."""

    list_display = ("when", "actor", "action", "subject", "reason")
    list_select_related = ("actor",)
    search_fields = ("action", "subject", "reason")
    list_filter = ("action",)
    fields = ("when", "actor", "action", "subject", "reason")
    readonly_fields = fields
    actions = None

    @admin.display(description="When", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return instant_of_day(entry.at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
