"""A curator's follow-up question, to be posted at a minute of a topic. `chat.prompts` posts it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.db import models
from django.db.models import Q

from curation.law import validators
from talktech.text.characters import has_something_visible

LONGEST = 2000
LAST_MINUTE = 9


def check_body(text: str) -> None:
    """Raise ValidationError for a text that the room would refuse as a post."""
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
    topic = models.ForeignKey("curation.Topic", on_delete=models.CASCADE, related_name="prompts")
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
        help_text="The id under which it is posted; secret until then.",
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
