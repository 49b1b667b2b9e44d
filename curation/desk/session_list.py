"""The list of sessions at the desk: which ones it has, and what its columns show."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from curation.clock import database_now
from curation.desk.editor import session_state
from curation.models import ChatSession
from people.templatetags.instants import instant


class SessionFilter(admin.SimpleListFilter):
    """Which sessions are listed: those to come, unless another choice is made."""

    title = "session"
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("over", "Past and called off"), ("rehearsals", "Rehearsals")]

    def choices(self, changelist: Any) -> Any:
        default, *others = super().choices(changelist)
        return [{**default, "display": "Upcoming"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[ChatSession]:
        upcoming = ChatSession.objects.upcoming(database_now())
        found: QuerySet[ChatSession]
        if self.value() == "rehearsals":
            found = queryset.rehearsals().order_by("-starts_at")
        elif self.value() == "over":
            found = queryset.weekly().exclude(pk__in=upcoming).order_by("-starts_at")
        else:
            found = queryset.filter(pk__in=upcoming)
        return found


class Columns:
    """What the list shows of a session to the person who asks, at the instant of the request."""

    def __init__(self, model_admin: "admin.ModelAdmin[ChatSession]", request: HttpRequest) -> None:
        self.model_admin = model_admin
        self.request = request
        self.now = database_now()

    @admin.display(description="Session")
    def session(self, session: ChatSession) -> str:
        mine = self.model_admin.has_change_permission(self.request, session)
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:curation_chatsession_change", args=[session.pk])
            if mine
            else session.get_absolute_url(),
            instant(session.starts_at, "weekday") if session.date else f"Rehearsal {session.pk}",
        )

    @admin.display(description="Starts")
    def starts(self, session: ChatSession) -> str:
        return instant(session.starts_at, "time")

    @admin.display(description="Curator")
    def curator(self, session: ChatSession) -> str:
        return session.curator.name if session.curator else "No curator yet"

    @admin.display(description="Title")
    def title(self, session: ChatSession) -> str:
        return session.title if self.may_read(session) else ""

    @admin.display(description="State")
    def state(self, session: ChatSession) -> str:
        return session_state(session, self.now)

    @admin.display(description="To do")
    def missing(self, session: ChatSession) -> str:
        if not self.may_read(session) or session_state(session, self.now) != "Draft":
            return ""
        return str(len(session.needs()) or "nothing")

    def may_read(self, session: ChatSession) -> bool:
        return session.readable_by(self.request.user)  # type: ignore[arg-type]
