"""A curator's follow-up, written beforehand for a minute of a topic. `chat.prompts` posts it."""

from datetime import datetime, timedelta

from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.db import models
from django.db.models import Q

from curation import texts
from curation.topics import Topic

LONGEST = 2000
LAST_MINUTE = 9


class Prompt(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="prompts")
    minute = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(LAST_MINUTE)], help_text="0 to 9, from the topic's start."
    )
    body = models.TextField(
        "text",
        max_length=LONGEST,
        validators=[texts.check_prose, MaxLengthValidator(LONGEST)],
    )
    if_quiet = models.BooleanField(
        "only if it is quiet", default=False, help_text="Only if nobody has posted for 90 seconds."
    )
    held = models.BooleanField(default=False, editable=False, help_text="Kept back by the host.")

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
