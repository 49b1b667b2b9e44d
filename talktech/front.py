"""The front of the house: this week, the way to the room, and what every page needs."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache

from chat.clock import phase_at
from curation.instants import read_clock
from curation.missing import missing
from curation.models import ChatSession, Series
from people import sign_up
from people.models import User
from people.requests import SignedInRequest
from talktech.demo.door import doors

log = logging.getLogger(__name__)

FRESH = timedelta(hours=24)
JUST_OVER = timedelta(hours=1)


def house(request: HttpRequest) -> dict[str, Any]:
    """What every template may use; asked of the database only where a template does."""
    return {
        "chat_name": SimpleLazyObject(chat_name),
        "is_demo": SimpleLazyObject(User.objects.only_simulated),
        "doors": SimpleLazyObject(doors),
        "sign_up_is_open": SimpleLazyObject(sign_up.is_open),
        "mail_is_printed": not settings.EMAIL_HOST,
    }


def chat_name() -> str:
    series = Series.objects.order_by("pk").first()
    return series.name if series else "TalkTech"


def latest(now: datetime) -> ChatSession | None:
    """The weekly session that ended last and took place."""
    return (
        ChatSession.objects.weekly()
        .filter(status=ChatSession.Status.PUBLISHED, starts_at__lte=now - timedelta(minutes=30))
        .select_related("curator")
        .order_by("-starts_at")
        .first()
    )


@login_required
@never_cache
def this_week(request: SignedInRequest) -> HttpResponse:
    """The next session; while its lobby or room is open the way in; after it the transcript."""
    now = read_clock()
    session = ChatSession.objects.current(now)
    last = latest(now)
    is_fresh = last is not None and now - last.ends_at < FRESH
    skipped = (
        ChatSession.objects.weekly()
        .filter(
            status=ChatSession.Status.CANCELLED,
            starts_at__gt=now,
            starts_at__lt=session.starts_at if session else now + timedelta(weeks=8),
        )
        .order_by("starts_at")
        .first()
    )
    is_readable = session is not None and session.readable_by(request.user)
    topics = (
        list(session.topics.select_related("session").prefetch_related("articles"))
        if session and is_readable
        else []
    )
    phase = phase_at(session.starts_at, now) if session else None
    is_mine = session is not None and session.curator_id == request.user.pk
    context = {
        "series": Series.objects.order_by("pk").first(),
        "session": session,
        "phase": phase,
        "is_open": phase is not None and phase.name in ("lobby", "topic"),
        "is_readable": is_readable,
        "is_mine": is_mine,
        "missing": missing(session) if session and is_mine and not session.is_published else [],
        "topics": topics,
        "minutes": sum(one.minutes or 0 for topic in topics for one in topic.visible_articles),
        "fresh": last if is_fresh else None,
        "skipped": skipped,
    }
    return render(request, "talktech/this_week.html", context)


@login_required
@never_cache
def live(request: SignedInRequest) -> HttpResponse:
    """The address that never changes: whatever the hour, it leads to the right place."""
    now = read_clock()
    session = ChatSession.objects.current(now)
    if session and session.is_published and now >= session.lobby_opens_at:
        return redirect(session.room_url)
    last = latest(now)
    if last and now - last.ends_at < JUST_OVER:
        return redirect(last.transcript_url)
    if session and session.is_published:
        return redirect(session.get_absolute_url())
    return redirect("this-week")


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches over it: 200 while the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as fault:
        log.warning("Not healthy: %s", fault)
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that can't be trusted to come from our page; nothing was done."""
    return render(request, "403.html", {"reason": reason, "is_form": True}, status=403)
