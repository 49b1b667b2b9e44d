"""Private answers that people prepare before a session."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from chat.law.rules import LONGEST_BODY
from curation.models import ChatSession, Topic


class Draft(models.Model):
    """A person's private answer to a question, written before the session."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client_id = models.UUIDField(
        default=uuid4, help_text="The id under which it is posted, so that it is posted once."
    )
    body = models.TextField(max_length=LONGEST_BODY)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("topic", "person"), name="one_draft"),)

    def __str__(self) -> str:
        # Not a word of it, not even in a log.
        return f"draft {self.pk}"
