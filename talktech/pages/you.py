"""The You page: a person's profile, and the posts that mention them."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat.mentions import inbox
from curation.clock import database_now
from curation.models import ChatSession
from people import time_zones
from people.forms import ProfileForm
from people.models import User
from people.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def you(request: SignedInRequest) -> HttpResponse:
    # A second object: the form changes it, and the site bar has to show the stored name.
    person = User.objects.get(pk=request.user.pk)
    typed = request.POST if request.method == "POST" else None
    now = database_now()
    form = ProfileForm(
        typed,
        instance=person,
        guess=time_zones.browsers_zone(request),
        frozen_until=session_ends(now),
    )
    if form.is_valid() and form.save_profile(request, now):
        messages.success(request, "Saved.")
        return redirect("you")
    mentions, last = inbox.latest_mentions(person, now)
    answer = render(request, "talktech/you.html", {"form": form, "mentions": mentions})
    inbox.mark_seen(person, last)
    return answer


def session_ends(now: datetime) -> datetime | None:
    """Return when the session ends whose lobby or room is open; None if there is none.

    Posts show the current name of their author. If it could change during a session, somebody could
    post under one name and take another before anyone looks.
    """
    session = ChatSession.objects.current(now)
    if session is None or not session.is_published or now < session.lobby_opens_at:
        return None
    return session.ends_at
