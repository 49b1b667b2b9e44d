"""What readers see before the session: the pre-read, and the entry for their calendar."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from curation.calendars import ical
from curation.clock import database_now
from curation.models import ChatSession
from people.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def pre_read(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """The questions and articles; before they are published, the day and the curator only."""
    return show(request, find(day, number))


def show(request: SignedInRequest, session: ChatSession) -> HttpResponse:
    """Also what answers a form on that page, which others take in (`chat.drafts.forms`)."""
    now = database_now()
    is_readable = session.readable_by(request.user)
    topics = session.read_topics() if is_readable else []
    context = {
        "session": session,
        "now": now,
        "stage": stage(session, now),
        "is_readable": is_readable,
        "is_preview": is_readable and session.published_at is None,
        "topics": topics,
        "minutes": sum(
            article.minutes or 0 for topic in topics for article in topic.visible_articles
        ),
        "event_url": f"{session.get_absolute_url()}event.ics",
    }
    return render(request, "curation/pre_read.html", context)


@require_safe
@login_required
@never_cache
def event(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """ "Add to calendar": one event as a file."""
    session = find(day, number)
    content = ical.event(
        session,
        origin(request),
        database_now(),
        with_content=session.readable_by(request.user),
    )
    name = session.date.isoformat() if session.date else f"rehearsal-{session.pk}"
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="talktech-{name}.ics"'},
    )


def find(day: date | None, number: int | None) -> ChatSession:
    try:
        return ChatSession.objects.addressed(day, number)
    except ChatSession.DoesNotExist:
        raise Http404("There’s no session at this address.") from None


def stage(session: ChatSession, now: datetime) -> str:
    """Where a reader of the pre-read stands: called_off, waiting, before, open or over."""
    if session.is_called_off(now):
        return "called_off"
    if not session.is_published:
        return "waiting"
    if now < session.lobby_opens_at:
        return "before"
    return "open" if now < session.ends_at else "over"


def origin(request: SignedInRequest) -> str:
    """Where people reach us; the address they used, where none is set."""
    configured: str = settings.CONFIG.talktech_url
    return configured or f"{request.scheme}://{request.get_host()}"
