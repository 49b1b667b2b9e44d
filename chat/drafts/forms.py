"""The form for one's private answers on the pre-read page: what is typed there is kept, or said."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chat.drafts import store
from chat.law.rules import Refused
from curation import views
from curation.clock import database_now
from curation.models import ChatSession, Topic
from people.models import User
from people.requests import SignedInRequest

NOT_KEPT = "Nothing has been saved yet. Correct the fields marked below, then save again."
KEPT = "?answers=kept#your-answers"


class AnswerField(forms.CharField):
    """Any text. Without `maxlength`, which would cut what somebody pastes and not say so."""

    def __init__(self, topic: Topic) -> None:
        look = {"rows": 4, "dir": "auto"}
        super().__init__(
            label=topic.question,
            required=False,
            strip=False,
            widget=forms.Textarea(attrs=look),
            show_hidden_initial=True,  # what the page knew, so that an old tab undoes nothing
        )

    def clean(self, value: Any) -> str:
        text = str(value or "")
        try:
            store.tidy(text)
        except Refused as refused:
            raise ValidationError(refused.reason, refused.code) from None
        return text


class AnswersForm(forms.Form):
    """A field for each of the session's questions, with what that person wrote before."""

    def __init__(self, session: ChatSession, person: User, data: Any = None) -> None:
        kept = store.of(session, person)
        initial = {name(position): draft.body for position, draft in kept.items()}
        super().__init__(data, initial=initial, prefix="answer", use_required_attribute=False)
        self.session = session
        self.person = person
        self.topics = list(session.topics.all())
        done = store.posted(session, person, [draft.client_id for draft in kept.values()])
        for topic in self.topics:
            draft = kept.get(topic.position)
            field = AnswerField(topic)
            if draft and draft.client_id in done:
                field.help_text = "You’ve already posted this answer."
            self.fields[name(topic.position)] = field

    def keep(self) -> bool:
        """Keep all that was changed or nothing; where nothing, the form says why."""
        if not self.is_valid():
            self.add_error(None, NOT_KEPT)
            return False
        try:
            with transaction.atomic():
                now = database_now()
                store.check_open(self.session, now)
                for topic in self.topics:
                    field = name(topic.position)
                    if field in self.changed_data:
                        text = self.cleaned_data[field]
                        store.keep(self.session, self.person, topic.position, text, now)
        except Refused as refused:
            self.add_error(None, refused.reason)
            return False
        return True


def name(position: int) -> str:
    return str(position)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@login_required
@never_cache
def answers(
    request: SignedInRequest, day: date | None = None, number: int | None = None
) -> HttpResponse:
    """Keep one's answers, and lead back to the pre-read; what can't be kept is shown there."""
    try:
        session = ChatSession.objects.addressed(day, number)
    except ChatSession.DoesNotExist:
        raise Http404("There’s no session at this address.") from None
    if request.method != "POST" or session.published_at is None:
        return redirect(session.get_absolute_url())
    form = AnswersForm(session, request.user, request.POST)
    if form.keep():
        return redirect(f"{session.get_absolute_url()}{KEPT}")
    request.answers = form  # type: ignore[attr-defined]  # for the tag that draws the form
    return views.show(request, session)
