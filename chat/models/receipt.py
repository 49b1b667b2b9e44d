"""Receipts of accepted changes, and the times of each person's recent changes."""

from django.conf import settings
from django.db import models

from curation.models import ChatSession


class Receipt(models.Model):
    """A change of a post was accepted, under the id that its sender gave it.

    A process that was frozen may find an edit in its socket that its author has meanwhile sent
    again through another process and then replaced: a copy gets the first answer and has no effect.
    """

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client_id = models.UUIDField()
    seq = models.BigIntegerField()
    rev = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("session", "person", "client_id"), name="one_receipt_per_change"
            ),
        )

    def __str__(self) -> str:
        return f"{self.client_id} of {self.person_id} in {self.session_id}"


class RecentChanges(models.Model):
    """The instants of a person's latest changes of posts, also of those that undo each other."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    instants = models.JSONField(help_text="ISO 8601, oldest first, as many as the limit asks for.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="one_pace"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}"
