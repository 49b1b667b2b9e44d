"""The admin, made for curators: their desk first, and the sign-in that everybody has."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from curation.crew import curators


class CuratorsDesk(AdminSite):
    site_header = "TalkTech"
    site_title = "TalkTech"
    index_title = "Desk"
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Curators have one thing to do here: their sessions. Admins see all there is."""
        if not request.user.is_superuser:
            return redirect("admin:curation_chatsession_changelist")
        curators()  # so that there is a group to put people into
        return super().index(request, extra_context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ours, with its limits, codes and second factors; not Django's own form."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")
