"""What stays of a session: the list of transcripts, and each of them."""

from datetime import date

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
    """Every session that took place, newest first; a page number that isn't one is mended."""
    listed = Transcript.objects.listed().select_related("session").defer("content")
    shown = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    context = {"transcripts": shown, "figures": Transcript.objects.listed().figures()}
    return render(request, "transcripts/archive_list.html", context)


@require_safe
@login_required
@never_cache
def transcript(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """One session by topic; before its end, when it will be here."""
    try:
        session = ChatSession.objects.addressed(day, number)
        shown = page.read(session, certain_now)
        return render(request, "transcripts/transcript.html", {"page": shown})
    except archive.NotOver:
        context = {"session": session, "now": database_now()}
        return render(request, "transcripts/not_over.html", context)
    except (ChatSession.DoesNotExist, archive.NoTranscript):
        raise Http404("There’s no transcript at this address.") from None
