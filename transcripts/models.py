"""Transcripts, which are the permanent records of sessions, and their corrections."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import Q, Sum

from curation.models import ChatSession

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Figures:
    """How many sessions and posts the archive has in all."""

    sessions: int
    posts: int

    def __str__(self) -> str:
        sessions = f"{self.sessions:,} session{'s' * (self.sessions != 1)}"
        return f"{sessions}, {self.posts:,} post{'s' * (self.posts != 1)}"


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    def listed(self) -> "TranscriptQuerySet":
        """Transcripts of weekly sessions, newest first. No list shows those of rehearsals."""
        return self.filter(session__series__isnull=False).order_by(
            "-session__starts_at", "-session"
        )

    def figures(self) -> Figures:
        sums = self.aggregate(sessions=models.Count("pk"), posts=Sum("post_count"))
        return Figures(sums["sessions"], sums["posts"] or 0)

    def before(self, session: ChatSession) -> "Transcript | None":
        """The transcript listed below that session's: the next older one."""
        earlier = Q(session__starts_at__lt=session.starts_at)
        same = Q(session__starts_at=session.starts_at, session__lt=session.pk)
        return self.listed().filter(earlier | same).select_related("session").first()

    def after(self, session: ChatSession) -> "Transcript | None":
        """The transcript listed above that session's: the next newer one."""
        later = Q(session__starts_at__gt=session.starts_at)
        same = Q(session__starts_at=session.starts_at, session__gt=session.pk)
        return self.listed().filter(later | same).select_related("session").last()


class Transcript(models.Model):
    """The transcript of a session, written once at its end by `transcripts.archive`.

    Only `transcripts.correction` writes it again, and keeps the earlier record.
    """

    session = models.OneToOneField(ChatSession, on_delete=models.PROTECT, related_name="transcript")
    written_at = models.DateTimeField()
    content = models.JSONField(help_text="What the hash covers; see transcripts.record.")
    sha256 = models.CharField(max_length=64)
    post_count = models.PositiveIntegerField()
    people_count = models.PositiveIntegerField()
    minutes = models.JSONField(help_text="Posts in each of the thirty minutes.")

    objects: ClassVar[TranscriptQuerySet] = TranscriptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-session__starts_at",)

    def __str__(self) -> str:
        return f"transcript of {self.session}"


class Correction(models.Model):
    """The record that a transcript had before it was written again, and the reason for that."""

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="corrections")
    at = models.DateTimeField()
    reason = models.CharField(max_length=LONGEST_REASON)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    post_count = models.PositiveIntegerField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"correction of the {self.transcript}"
