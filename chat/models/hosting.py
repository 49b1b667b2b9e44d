"""The people whom the host silenced, and those who stepped in as host."""

from django.conf import settings
from django.db import models

from curation.models import ChatSession


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
    """A person took the host's chair while the curator was away."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="chairs")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="one_chair"),)

    def __str__(self) -> str:
        return f"{self.person_id} hosts {self.session_id}"
