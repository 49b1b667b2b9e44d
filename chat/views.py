"""The pages of a room, and a post's own address."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.drafts import store
from chat.edges import admission
from chat.law import clock
from chat.law.browser_facts import law_for_scripts
from chat.models.post import address
from chat.wire import protocol
from curation.clock import database_now
from curation.models import ChatSession
from people.requests import SignedInRequest


@require_safe
@login_required
@never_cache
def room(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """The room of a published session; before it is published, redirect to the session's page."""
    return show(request, "chat/room.html", day, number, offers_drafts=True)


@require_safe
@login_required
@never_cache
def screen(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """The room for a meeting room's display: legible from a distance, without controls."""
    return show(request, "chat/display.html", day, number)


@require_safe
@login_required
@never_cache
def post(
    request: SignedInRequest, seq: int, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """Redirect to a post: in the room while the session lasts, afterwards in the transcript.

    This one address keeps copied links valid. It contains no `#`, which a sign-in would lose.
    """
    return redirect(address(find(day, number), seq, database_now()))


def find(day: date | None, number: int | None) -> ChatSession:
    try:
        return ChatSession.objects.addressed(day, number)
    except ChatSession.DoesNotExist:
        raise Http404("There’s no session on this day.") from None


def show(
    request: SignedInRequest,
    template: str,
    day: date | None,
    number: int | None,
    *,
    offers_drafts: bool = False,
) -> HttpResponse:
    """Render a page of a room; drafts are private, so a display has none of them in its page."""
    session = find(day, number)
    if session.published_at is None:
        return redirect(session.get_absolute_url())
    now = database_now()
    cancelled = session.status == ChatSession.Status.CANCELLED
    phase = clock.phase_at(session.starts_at, now, cancelled=cancelled)
    following = (
        None
        if session.is_rehearsal
        else ChatSession.objects.upcoming(now)
        .filter(starts_at__gt=session.starts_at)
        .select_related("curator")
        .first()
    )
    socket_path = f"/ws/sessions/{session.pk}/"
    context: dict[str, Any] = {
        "session": session,
        "topics": session.read_topics(),
        "phase": phase.name,
        "topic_now": phase.topic,
        "next_session": following,
        "socket_path": socket_path,
        "pre_read_url": session.get_absolute_url(),
        "transcript_url": session.transcript_url,
        "room_data": {
            "session_id": session.pk,
            "socket": socket_path,
            "ticket": admission.ticket_for(session, request.user, request.session.session_key),
            "api": f"/api/sessions/{session.pk}/room/",
            "csrf": get_token(request),
            "emoji": static("vendor/emoji.json"),
            "links": f"{session.get_absolute_url()}posts/",
            "posts": f"/api/sessions/{session.pk}/posts/",
            "me": {"id": request.user.pk, "name": request.user.name},
            "starts_at": protocol.instant(session.starts_at),
            "now": protocol.instant(now),
            "law": law_for_scripts(),
            "login_url": reverse("account_login"),
            "drafts": store.unposted_drafts(session, request.user) if offers_drafts else [],
        },
        "screen_url": f"{session.room_url}screen/",
    }
    return render(request, template, context)
