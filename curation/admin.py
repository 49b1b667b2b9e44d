"""The curators' pages in the admin: sessions, and the series with its rota; see `desk`."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from curation.clock import database_now
from curation.desk.editor import SessionEditor
from curation.desk.series_editor import SeriesEditor
from curation.desk.session_list import Columns, SessionFilter
from curation.models import ChatSession, Series


@admin.register(ChatSession)
class SessionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The conductor creates sessions. A curator may edit their own, an admin every one."""

    list_filter = (SessionFilter,)
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""
    list_per_page = 60
    list_display_links = None
    list_select_related = ("curator",)
    actions = None
    ordering = ("starts_at",)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = Columns(self, request)
        return [
            columns.session,
            columns.starts,
            columns.curator,
            columns.title,
            columns.state,
            columns.missing,
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatSession]:
        return super().get_queryset(request).prefetch_related("topics__articles")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Our filter only: looking up titles that begin with an A would reveal those of drafts."""
        return lookup == SessionFilter.parameter_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ChatSession | None = None) -> bool:
        has_permission: bool = super().has_change_permission(request, obj)
        if obj is None or request.user.is_superuser:
            return has_permission
        return has_permission and obj.curator_id == request.user.pk

    def has_view_permission(self, request: HttpRequest, obj: ChatSession | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with transaction.atomic():
            session = self.get_locked(request, object_id)
            if session is None:
                messages.warning(request, "There is no such session.")
                return redirect("admin:curation_chatsession_changelist")
            if not self.has_change_permission(request, session):
                raise PermissionDenied
            editor = SessionEditor(request, session, database_now())
            if request.method == "POST":
                all_done = editor.act()
                if editor.done:
                    self.log_change(request, session, " ".join(editor.done))
                if all_done:
                    messages.success(request, " ".join(editor.done))
                    return HttpResponseRedirect(request.path)
            context = {
                **self.admin_site.each_context(request),
                **editor.context(),
                "opts": self.opts,
                "title": str(session.date or session),
            }
            return TemplateResponse(request, "curation/desk/session_editor.html", context).render()

    def get_locked(self, request: HttpRequest, object_id: str) -> ChatSession | None:
        """The session; for a POST its row is locked until the transaction ends."""
        session = self.get_object(request, unquote(object_id))
        if session is not None and request.method == "POST":
            locking = ChatSession.objects.select_for_update()
            session.refresh_from_db(from_queryset=locking)
        return session


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """When the weekly chat takes place, and its rota. There is one series."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Series.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the one series, as a list of one is of no use."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        series = Series.objects.order_by("pk").first()
        if series is None:
            return redirect("admin:curation_series_add")
        return redirect("admin:curation_series_change", series.pk)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with transaction.atomic():
            series = self.get_locked(request, object_id)
            if series is None:
                messages.warning(request, "There is no such weekly chat.")
                return redirect("admin:index")
            if not (
                self.has_change_permission(request, series)
                if object_id
                else self.has_add_permission(request)
            ):
                raise PermissionDenied
            editor = SeriesEditor(request, series, database_now())
            if request.method == "POST" and editor.act():
                log = self.log_change if object_id else self.log_addition
                log(request, editor.series, editor.done)
                messages.success(request, editor.done)
                return redirect("admin:curation_series_change", editor.series.pk)
            context = {
                **self.admin_site.each_context(request),
                **editor.context(),
                "opts": self.opts,
                "title": "Edit the weekly chat" if object_id else "Set up the weekly chat",
            }
            return TemplateResponse(request, "curation/desk/series_editor.html", context).render()

    def get_locked(self, request: HttpRequest, object_id: str | None) -> Series | None:
        """The series; for a POST its row is locked. A new one if there is no id."""
        if object_id is None:
            return Series()
        series = self.get_object(request, unquote(object_id))
        if series is not None and request.method == "POST":
            series = Series.objects.select_for_update().get(pk=series.pk)
        return series
