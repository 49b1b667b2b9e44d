"""How people take part in a session, and the leases that say who is in its room."""

from django.conf import settings
from django.db import models

from curation.models import ChatSession


class Attendance(models.Model):
    """A person was in the room, talking or just reading."""

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
    """The people in a session's room through one server process, valid until an instant."""

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
