"""The admin site: curators' sessions first, and everybody's sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import TO_FIELD_VAR
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from curation.rota.curators import curators_group
from people.accounts.views import SignOut

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


ABOUT = {
    "ChatSession": "Prepare, publish, move or call off each week’s session.",
    "Series": "When the weekly chat takes place, and whose turn it is to curate.",
    "User": "Accounts and roles: who is a curator, who is an admin, who can sign in.",
    "Team": "The teams that people belong to.",
    "SignUpDomain": "Whose work email is enough to sign up.",
    "AuditEntry": "Who hid a post, muted someone, took over as host or changed rights, and when.",
}


class Page(NamedTuple):
    name: str
    url: str
    about: str


class CuratorsDesk(AdminSite):
    site_header = "TalkTech"
    site_title = "TalkTech"
    index_title = "Desk"
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show admins everything; redirect curators to their sessions."""
        if not request.user.is_superuser:
            return redirect("admin:curation_chatsession_changelist")
        curators_group()  # creates the group that people are put into
        return super().index(request, {**(extra_context or {}), "pages": self.pages(request)})

    def pages(self, request: HttpRequest) -> list[Page]:
        """Return the pages of the index, in the order of `ABOUT`."""
        models = [model for app in self.get_app_list(request) for model in app["models"]]
        order = {name: place for place, name in enumerate(ABOUT)}
        models.sort(key=lambda model: order.get(model["object_name"], len(order)))
        return [
            Page(model["name"], model["admin_url"], ABOUT.get(model["object_name"], ""))
            for model in models
        ]

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Redirect to the index: there are no pages for apps."""
        return redirect("admin:index")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Wrap Django's own, which answers 500 to a `_to_field` that names a reverse relation.

        Our pages refer to objects by primary key only, so any other name is a bad request.
        """

        @wraps(view)
        def by_primary_key(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            for sent in (request.GET, request.POST):
                if sent.get(TO_FIELD_VAR, "id") != "id":
                    raise DisallowedModelAdminToField("Things are referred to by id only.")
            return view(request, *args, **kwargs)

        return super().admin_view(cast(View, by_primary_key), cacheable)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to everybody's sign-in, with its limits, instead of Django's own form."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out as everybody does."""
        return SignOut.as_view()(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")
