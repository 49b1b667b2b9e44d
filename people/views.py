"""Signing out: allauth's page, after which the browser keeps nothing of who left."""

from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpResponse


class SignOut(LogoutView):  # type: ignore[misc]
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        # Half-written posts, and pages. Cookies stay: some let this browser be known again.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response
