"""The form for a reader's private answers to a session's questions."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from chat.drafts import store
from chat.law.rules import Refused
from curation.models import ChatSession, Topic
from people.models import User

NOT_SAVED = "Nothing has been saved yet. Correct the fields marked below, then save again."


class DraftField(forms.CharField):
    """Any text. It has no `maxlength`, which would silently cut a long text that is pasted."""

    def __init__(self, topic: Topic) -> None:
        super().__init__(
            label=topic.question,
            required=False,
            strip=False,
            widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            # The text that the page had, so that a tab left open overwrites no newer text.
            show_hidden_initial=True,
        )

    def clean(self, value: Any) -> str:
        text = str(value or "")
        try:
            store.clean_text(text)
        except Refused as refused:
            raise ValidationError(refused.reason, refused.code) from None
        return text


class DraftForm(forms.Form):
    """A field for each of the session's questions, with what that person wrote before."""

    def __init__(self, session: ChatSession, person: User, data: Any = None) -> None:
        drafts = store.read_drafts(session, person)
        initial = {field_name(position): draft.body for position, draft in drafts.items()}
        super().__init__(data, initial=initial, prefix="answer", use_required_attribute=False)
        self.session = session
        self.person = person
        self.topics = list(session.topics.all())
        posted = store.posted_ids(session, person, [draft.client_id for draft in drafts.values()])
        for topic in self.topics:
            draft = drafts.get(topic.position)
            field = DraftField(topic)
            if draft and draft.client_id in posted:
                field.help_text = "You’ve already posted this answer."
            self.fields[field_name(topic.position)] = field

    def save(self, now: datetime) -> bool:
        """Save all changed drafts and return True; or save none, and the form says why."""
        if not self.is_valid():
            self.add_error(None, NOT_SAVED)
            return False
        try:
            with transaction.atomic():
                store.check_open(self.session, now)
                for topic in self.topics:
                    name = field_name(topic.position)
                    if name in self.changed_data:
                        text = self.cleaned_data[name]
                        store.save_draft(self.session, self.person, topic.position, text, now)
        except Refused as refused:
            self.add_error(None, refused.reason)
            return False
        return True


def field_name(position: int) -> str:
    """The field of the topic at that position (1, 2 or 3)."""
    return str(position)
