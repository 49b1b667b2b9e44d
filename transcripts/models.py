"""The permanent record of a session."""

from django.db import models

from curation.models import ChatSession


class Transcript(models.Model):
    """One per session, written once at its end; see `transcripts.archive`."""

    session = models.OneToOneField(
        ChatSession, on_delete=models.PROTECT, related_name="transcript"
    )
    written_at = models.DateTimeField()
    content = models.JSONField(help_text="What the hash is over: see transcripts.builder.")
    sha256 = models.CharField(max_length=64)
    post_count = models.PositiveIntegerField()
    people_count = models.PositiveIntegerField()
    minutes = models.JSONField(help_text="Posts in each of the thirty minutes.")

    class Meta:
        ordering = ("-session__starts_at",)

    def __str__(self) -> str:
        return f"transcript of {self.session}"
