"""What readers see before a session: the facts of the pre-read, and the entry for a calendar.

The pre-read's page is composed with other apps' parts in `talktech.pages.pre_read`.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from curation.calendars import ical
from curation.clock import database_now
from curation.models import ChatSession
from people.models import User
from people.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def event(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """ "Add to calendar": one event as a file."""
    session = session_or_404(day, number)
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


def session_or_404(day: date | None, number: int | None) -> ChatSession:
    """The session of that day, or the rehearsal of that number. Raises Http404."""
    try:
        return ChatSession.objects.addressed(day, number)
    except ChatSession.DoesNotExist:
        raise Http404("There’s no session at this address.") from None


def pre_read_context(session: ChatSession, person: User, now: datetime) -> dict[str, Any]:
    """What `curation/pre_read.html` shows to that person at that instant.

    Before the questions and articles are published, most people see the day and the curator only.
    """
    is_readable = session.readable_by(person)
    topics = session.read_topics() if is_readable else []
    articles = [article for topic in topics for article in topic.visible_articles]
    return {
        "session": session,
        "now": now,
        "stage": stage(session, now),
        "is_readable": is_readable,
        "is_preview": is_readable and session.published_at is None,
        "topics": topics,
        "minutes": sum(article.minutes or 0 for article in articles),
    }


def stage(session: ChatSession, now: datetime) -> str:
    """How far a session is for readers: called_off, waiting, before, open or over."""
    if session.is_called_off(now):
        return "called_off"
    if not session.is_published:
        return "waiting"
    if now < session.lobby_opens_at:
        return "before"
    return "open" if now < session.ends_at else "over"


def origin(request: HttpRequest) -> str:
    """The scheme and host of our links: TALKTECH_URL, or what the reader's browser used."""
    configured: str = settings.CONFIG.talktech_url
    return configured or f"{request.scheme}://{request.get_host()}"
