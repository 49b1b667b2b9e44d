"""What the room keeps: posts, who took part, and which process says who is here."""

from django.conf import settings
from django.db import models

from chat.rules import LONGEST_BODY
from curation.models import ChatSession, Topic


class Post(models.Model):
    """What a participant wrote. Written by the ledger alone."""

    class State(models.TextChoices):
        SHOWN = "shown"
        REMOVED = "removed"
        HIDDEN = "hidden"

    session = models.ForeignKey(ChatSession, on_delete=models.PROTECT, related_name="posts")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="posts")
    seq = models.BigIntegerField(
        help_text="1, 2, 3, … within the session, as the server took them."
    )
    rev = models.BigIntegerField(help_text="The session's revision when this post last changed.")
    taken_rev = models.BigIntegerField(help_text="The revision that its acknowledgement named.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    client_id = models.UUIDField(help_text="Made by the client, kept over retries.")
    body = models.TextField(max_length=LONGEST_BODY)
    html = models.TextField()
    at = models.DateTimeField(help_text="When the server took it, read under the session's lock.")
    reply_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)

    class Meta:
        ordering = ("session", "seq")
        constraints = (
            models.UniqueConstraint(fields=("session", "seq"), name="one_post_per_seq"),
            models.UniqueConstraint(
                fields=("session", "author", "client_id"), name="one_post_per_client_id"
            ),
        )
        indexes = (
            models.Index(fields=("session", "rev"), name="post_session_rev"),
            models.Index(fields=("session", "author", "at"), name="post_session_author_at"),
        )

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq}"


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
