"""The list of transcripts, and the page of each."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from curation.clock import database_now
from curation.clock_agreement import certain_now
from curation.models import ChatSession
from people.requests import SignedInRequest
from transcripts import archive
from transcripts.models import Transcript
from transcripts.reading import page

A_PAGE = 30


@require_safe
@login_required
@never_cache
def archive_list(request: SignedInRequest) -> HttpResponse:
    """Every session that took place, newest first. An invalid page number shows a valid page."""
    listed = Transcript.objects.listed().select_related("session").defer("content")
    listed_page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    context = {"transcripts": listed_page, "figures": Transcript.objects.listed().figures()}
    return render(request, "transcripts/archive_list.html", context)


@require_safe
@login_required
@never_cache
def transcript(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """The transcript of a session by topic; before its end, a page that says when it will exist."""
    try:
        session = ChatSession.objects.addressed(day, number)
        context: dict[str, Any] = {"page": page.read(session, certain_now)}
        return render(request, "transcripts/transcript.html", context)
    except archive.NotOver:
        context = {"session": session, "now": database_now()}
        return render(request, "transcripts/not_over.html", context)
    except (ChatSession.DoesNotExist, archive.NoTranscript):
        raise Http404("There’s no transcript at this address.") from None
