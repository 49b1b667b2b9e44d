"""What the room keeps: posts, who took part and how, and which process says who is here."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from chat.posts import Mention, Post, PostVersion, Reaction
from chat.rules import LONGEST_BODY
from curation.models import ChatSession, Topic

__all__ = [
    "Attendance",
    "Chair",
    "Draft",
    "Lease",
    "Mention",
    "Pace",
    "Post",
    "PostVersion",
    "Reaction",
    "Receipt",
    "Silence",
]


class Attendance(models.Model):
    """That a person was in the room, and how: talking or just reading."""

    class Mode(models.TextChoices):
        TALKING = "talking"
        READING = "reading"

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=7, choices=Mode.choices, default=Mode.READING)
    named = models.BooleanField(default=False, help_text="A reader who wants to be named.")
    since = models.DateTimeField(help_text="When this mode was chosen.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("session", "person"), name="one_attendance"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}: {self.mode}"


class Lease(models.Model):
    """Who is in a session's room through one server process, until when that may be believed."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="leases")
    process = models.UUIDField()
    people = models.JSONField(help_text="{person id: [mode, named, since]}")
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("session", "process"), name="one_lease_per_process"),
        )

    def __str__(self) -> str:
        return f"{self.session_id} by {self.process}"


class Pace(models.Model):
    """The instants of a person's latest changes of posts, as those that undo each other count."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    instants = models.JSONField(help_text="ISO 8601, oldest first, as many as the limit asks for.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="one_pace"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}"


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


class Silence(models.Model):
    """The host silenced a person for this session."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="silences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="one_silence"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}"


class Chair(models.Model):
    """Somebody took the host's chair, as the curator was missing."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="chairs")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="one_chair"),)

    def __str__(self) -> str:
        return f"{self.person_id} hosts {self.session_id}"


class Draft(models.Model):
    """A person's private answer to a question, written beforehand. Nobody else ever sees it."""

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
