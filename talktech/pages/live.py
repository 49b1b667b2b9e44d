"""`/live/`, the address that never changes: it redirects to what is on now."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from curation.clock import database_now
from curation.models import ChatSession
from people.requests import SignedInRequest
from talktech.pages.this_week import latest_session

JUST_OVER = timedelta(hours=1)


@require_safe
@login_required
@never_cache
def live(request: SignedInRequest) -> HttpResponse:
    """Redirect to the open room, else a fresh transcript, the next pre-read, or this week."""
    now = database_now()
    session = ChatSession.objects.current(now)
    if session and session.is_published and now >= session.lobby_opens_at:
        return redirect(session.room_url)
    last = latest_session(now)
    if last and now - last.ends_at < JUST_OVER:
        return redirect(last.transcript_url)
    if session and session.is_published:
        return redirect(session.get_absolute_url())
    return redirect("this-week")
