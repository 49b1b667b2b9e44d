"""A curator's follow-up, written beforehand for a minute of a topic. `chat.prompts` posts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.db import models
from django.db.models import Q

from curation.law import validators
from curation.law.permissions import NotAllowed
from curation.models.topic import Topic
from talktech.text.characters import has_something_visible

LONGEST = 2000
LAST_MINUTE = 9
MOST_PROMPTS = 5


def check_body(text: str) -> None:
    """Raise ValidationError for what could not be posted, so that it is said beforehand."""
    validators.check_prose(text)
    if not has_something_visible(text):
        raise ValidationError("Write something visible.", code="unseen")


@dataclass(frozen=True, slots=True)
class PromptDraft:
    """A prompt as a curator fills it in; `id` of the one that it replaces, or None."""

    minute: int
    body: str
    if_quiet: bool = False
    id: int | None = None


class Prompt(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="prompts")
    minute = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(LAST_MINUTE)], help_text="0 to 9, from the topic's start."
    )
    body = models.TextField(
        "text",
        max_length=LONGEST,
        validators=[check_body, MaxLengthValidator(LONGEST)],
    )
    if_quiet = models.BooleanField(
        "only if it is quiet", default=False, help_text="Only if nobody has posted for 90 seconds."
    )
    held = models.BooleanField(default=False, editable=False, help_text="Kept back by the host.")
    client_id = models.UUIDField(
        default=uuid4,
        editable=False,
        unique=True,
        help_text="The id under which it is posted. Nobody else knows it before.",
    )

    class Meta:
        ordering = ("topic", "minute", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(minute__gte=0, minute__lte=LAST_MINUTE),
                name="a_prompt_has_a_minute_of_its_topic",
            ),
        )

    def __str__(self) -> str:
        return f"minute {self.minute}"

    @property
    def due_at(self) -> datetime:
        return self.topic.starts_at + timedelta(minutes=self.minute)


def put_prompts(topic: Topic, drafts: Sequence[PromptDraft]) -> None:
    """Make these the topic's prompts. For `ChatSession.prepare`, which holds the session's row.

    One that names a present prompt replaces it; what no draft names goes.
    """
    if len(drafts) > MOST_PROMPTS:
        raise NotAllowed("too_many", f"A topic can have at most {MOST_PROMPTS} prompts.")
    present = {prompt.pk: prompt for prompt in topic.prompts.all()}
    for draft in drafts:
        prompt = present.pop(draft.id or 0, None) or Prompt(topic=topic)
        prompt.minute = draft.minute
        prompt.body = validators.tidy_prose(draft.body)
        prompt.if_quiet = draft.if_quiet
        prompt.clean_fields(exclude=("topic",))
        prompt.save()
    topic.prompts.filter(pk__in=present).delete()
