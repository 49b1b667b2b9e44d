"""The front of the house: this week, the way to the room, and what every page needs."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from curation.clock import database_now
from curation.models import ChatSession, Series
from people.accounts import sign_up
from people.models import User
from people.requests import SignedInRequest
from talktech.demo.door import doors
from talktech.pages.week import Week, latest

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


@require_safe
@login_required
@never_cache
def this_week(request: SignedInRequest) -> HttpResponse:
    """The next session; while its lobby or room is open the way in; after it the transcript."""
    now = database_now()
    week = Week(request.user, now, ChatSession.objects.current(now))
    return render(request, "talktech/this_week.html", {"week": week, "session": week.session})


@require_safe
@login_required
@never_cache
def live(request: SignedInRequest) -> HttpResponse:
    """The address that never changes: whatever the hour, it leads to the right place."""
    now = database_now()
    session = ChatSession.objects.current(now)
    if session and session.is_published and now >= session.lobby_opens_at:
        return redirect(session.room_url)
    last = latest(now)
    if last and now - last.ends_at < JUST_OVER:
        return redirect(last.transcript_url)
    if session and session.is_published:
        return redirect(session.get_absolute_url())
    return redirect("this-week")
