"""The admin, made for curators: their desk first, and the sign-in that everybody has."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect


class CuratorsDesk(AdminSite):
    site_header = "TalkTech"
    site_title = "TalkTech"
    index_title = "Desk"
    enable_nav_sidebar = False

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Curators have one thing to do here: their sessions. Admins see all there is."""
        if not request.user.is_superuser:
            return redirect("admin:curation_chatsession_changelist")
        return super().index(request, extra_context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ours, with its limits, codes and second factors; not Django's own form."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
