"""Which changes of posts were accepted, and how recently each person made theirs."""

from django.conf import settings
from django.db import models

from curation.models import ChatSession


class Receipt(models.Model):
    """That a change of a post was taken, under the id that its sender gave it.

    A process that was frozen may find an edit in its socket that its author has long sent again
    through another, and followed by a newer one: a copy gets the first answer and changes nothing.
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
    """The instants of a person's latest changes of posts, as those that undo each other count."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    instants = models.JSONField(help_text="ISO 8601, oldest first, as many as the limit asks for.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="one_pace"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}"
