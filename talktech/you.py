"""The page on which people say who they are, and see where others named them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import mentioned
from curation.instants import read_clock
from people import zones
from people.forms import ProfileForm
from people.models import User
from people.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def you(request: SignedInRequest) -> HttpResponse:
    # Read anew: the form writes into it what was typed, and the bar shows who one is.
    person = User.objects.get(pk=request.user.pk)
    typed = request.POST if request.method == "POST" else None
    form = ProfileForm(typed, instance=person, guess=zones.browsers_zone(request))
    if form.is_valid():
        form.keep()
        messages.success(request, "Saved.")
        return redirect("you")
    mentions, last = mentioned.latest(person, read_clock())
    answer = render(request, "talktech/you.html", {"form": form, "mentions": mentions})
    mentioned.mark_seen(person, last)
    return answer
