"""The pre-read's page: the questions and articles, and below them the reader's private drafts."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from chat.drafts.forms import DraftForm
from curation.clock import database_now
from curation.models import ChatSession
from curation.views import pre_read_context, session_or_404
from people.requests import SignedInRequest

SAVED = "?answers=kept#your-answers"


@require_safe
@login_required
@never_cache
def pre_read(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """The page, with an empty or filled form for drafts until the session ends."""
    return render_pre_read(request, session_or_404(day, number))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
@never_cache
def save_drafts(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """Save the reader's drafts and redirect to the page, or show there why they were refused."""
    session = session_or_404(day, number)
    if request.method != "POST" or session.published_at is None:
        return redirect(session)
    form = DraftForm(session, request.user, request.POST)
    if form.save(database_now()):
        return redirect(f"{session.get_absolute_url()}{SAVED}")
    return render_pre_read(request, session, refused=form)


def render_pre_read(
    request: SignedInRequest, session: ChatSession, refused: DraftForm | None = None
) -> HttpResponse:
    """After the end the form is there only when it holds texts that were refused."""
    context = pre_read_context(session, request.user, database_now())
    form = refused
    if form is None and context["stage"] in ("before", "open"):
        form = DraftForm(session, request.user)
    context |= {
        "draft_form": form,
        "drafts_url": session.page_url("answers"),
        "is_saved": refused is None and request.GET.get("answers") == "kept",
    }
    return render(request, "talktech/pre_read.html", context)
