"""The desk: sessions (each on its own page, see `desk`), and the series with its turns."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from curation import schedule
from curation.crew import make_curator
from curation.desk import Desk
from curation.forms import LineField
from curation.instants import read_clock
from curation.listing import Columns, Which
from curation.models import ChatSession, Series, Turn
from people.forms import ZoneField
from people.models import User


@admin.register(ChatSession)
class Sessions(admin.ModelAdmin):  # type: ignore[type-arg]
    """Sessions make themselves; a curator prepares their own, an admin every one."""

    list_filter = (Which,)
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
        """Our filter only: asking for the titles that begin with an A would give drafts away."""
        return lookup == Which.parameter_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ChatSession | None = None) -> bool:
        may: bool = super().has_change_permission(request, obj)
        if obj is None or request.user.is_superuser:
            return may
        return may and obj.curator_id == request.user.pk

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
            session = self.locked(request, object_id)
            if session is None:
                messages.warning(request, "There is no such session.")
                return redirect("admin:curation_chatsession_changelist")
            if not self.has_change_permission(request, session):
                raise PermissionDenied
            desk = Desk(request, session, read_clock())
            if request.method == "POST":
                all_done = desk.act()
                if desk.done:
                    self.log_change(request, session, " ".join(desk.done))
                if all_done:
                    messages.success(request, " ".join(desk.done))
                    return HttpResponseRedirect(request.path)
            context = {
                **self.admin_site.each_context(request),
                **desk.context(),
                "opts": self.opts,
                "title": str(session.date or session),
            }
            return TemplateResponse(request, "curation/desk.html", context).render()

    def locked(self, request: HttpRequest, object_id: str) -> ChatSession | None:
        """The session, held until the transaction ends, so that the clock is read after it."""
        session = self.get_object(request, unquote(object_id))
        if session is not None and request.method == "POST":
            locking = ChatSession.objects.select_for_update()
            session.refresh_from_db(from_queryset=locking)
        return session


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = ZoneField()
    local_time = forms.TimeField(
        label="Starts at",
        help_text="Local time in this time zone, all year round.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    class Meta:
        model = Series
        fields = ("name", "weekday", "local_time", "time_zone")
        field_classes: ClassVar[dict[str, Any]] = {"name": LineField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, ZoneField)
        zone.offer(self.instance.time_zone or timezone.get_current_timezone_name())


class TurnForm(forms.ModelForm):  # type: ignore[type-arg]
    person = forms.ModelChoiceField(User.objects.filter(is_active=True), label="Curator")
    position = forms.IntegerField(min_value=1, max_value=99)

    class Meta:
        model = Turn
        fields = ("person", "position")


class Turns(admin.StackedInline):  # type: ignore[type-arg]
    model = Turn
    form = TurnForm
    fields = (("person", "position"),)
    extra = 1
    verbose_name = "curator"
    verbose_name_plural = "curator rota"


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """When the weekly chat is and who curates it; its sessions follow."""

    form = SeriesForm
    inlines = (Turns,)
    list_display = ("name", "weekday", "local_time", "time_zone")
    actions = None
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "weekday", "local_time", "time_zone"),
                "description": "Sessions nobody has started preparing move straight away to the "
                "new day in the same week. Published, prepared or manually moved sessions stay "
                "put; move them on their own pages.",
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Series.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        series = form.instance
        for turn in series.turns.select_related("person"):
            make_curator(turn.person)
        now = read_clock()
        before = schedule.Rule.of(series)
        if change:
            before = schedule.Rule(
                form.initial["weekday"], form.initial["local_time"], form.initial["time_zone"]
            )
        settled = schedule.settle(series, before, now)
        messages.info(request, said(settled, series, now, schedule.Rule.of(series) != before))


def said(settled: schedule.Settled, series: Series, now: datetime, rule_changed: bool) -> str:
    """What a change did, in one line."""
    lines = []
    if settled.made:
        lines.append(f"{len(settled.made)} sessions scheduled.")
    if settled.moved:
        lines.append(f"{len(settled.moved)} sessions moved to the new time.")
    if rule_changed:
        moved = {session.pk for session in settled.moved + settled.made}
        staying = series.sessions.upcoming(now).exclude(pk__in=moved)
        if days := ", ".join(f"{session.date:%-d %b}" for session in staying):
            lines.append(f"Not moved: {days}.")
    if settled.filled:
        lines.append(f"{len(settled.filled)} sessions now have a curator.")
    return " ".join(lines) or "No sessions changed."
