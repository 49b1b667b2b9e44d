"""The email domains that may sign up, in the admin; each change is in the audit log."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from people import audit
from people.admin.forms import SignUpDomainForm
from people.models import SignUpDomain


@admin.register(SignUpDomain)
class SignUpDomainAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = SignUpDomainForm
    list_display = ("domain",)
    actions = None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = form.initial.get("domain")
        if change and before != obj.domain:
            self.record(request, "domain_removed", "closed sign-up for", before)
        if before != obj.domain:
            self.record(request, "domain_allowed", "opened sign-up for", obj.domain)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self.record(request, "domain_removed", "closed sign-up for", obj.domain)

    def record(self, request: HttpRequest, event: str, action: str, domain: str) -> None:
        audit.record(request, event, action, f"@{domain}", domain=domain)
