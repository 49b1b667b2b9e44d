"""One's own prepared answers, for the pre-read: `{% your_answers session stage %}`.

A tag, because the schedule, whose page it is, does not know the room.
"""

from typing import Any

from django import template

from chat.drafts.forms import AnswersForm
from curation.models import ChatSession

register = template.Library()


@register.inclusion_tag("chat/_draft_form.html", takes_context=True)
def your_answers(context: dict[str, Any], session: ChatSession, stage: str) -> dict[str, Any]:
    """The form until the session ends; after that only where it holds what could not be kept."""
    request = context["request"]
    refused = getattr(request, "answers", None)
    form = refused
    if form is None and stage in ("before", "open"):
        form = AnswersForm(session, request.user)
    return {
        "form": form,
        "session": session,
        "csrf_token": context.get("csrf_token"),
        "is_kept": refused is None and request.GET.get("answers") == "kept",
    }
