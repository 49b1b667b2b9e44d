"""The fields of a session, and what is computed from them. Its verbs are in `session`."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from curation.law import agenda, permissions, validators
from curation.law.checklist import Content, Need, needs
from curation.law.permissions import NotAllowed, SessionFacts, Status
from curation.models.querysets import SessionQuerySet
from curation.models.series import Series
from curation.models.topic import Topic
from people.models import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class SessionFields(models.Model):
    """The fields of `ChatSession`, and properties that are computed from them."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        CANCELLED = "cancelled", "called off"

    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    slot = models.DateField(
        null=True, blank=True, help_text="The date the series gave it; kept when it is moved."
    )
    date = models.DateField(
        null=True, blank=True, help_text="The day it takes place, in the series' time zone."
    )
    starts_at = models.DateTimeField()
    title = models.CharField(max_length=120, blank=True, validators=[validators.check_line])
    intro = models.TextField(
        "introduction",
        max_length=5000,
        blank=True,
        validators=[validators.check_prose, MaxLengthValidator(5000)],
    )
    intro_html = models.TextField(blank=True, editable=False)
    curator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sessions_curated",
    )
    is_handed_over = models.BooleanField(
        default=False,
        editable=False,
        help_text="Handed over by a person; a new rota does not reassign it.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    called_off_because = models.CharField(
        "reason", max_length=200, blank=True, validators=[validators.check_line]
    )
    edition = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Raised by every change; calendars and rooms compare it.",
    )
    revision = models.BigIntegerField(default=0, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)
    last_at = models.DateTimeField(
        null=True, editable=False, help_text="When the newest post was taken."
    )
    closed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When its transcript was written. The ledger takes no earlier instant then.",
    )

    objects = SessionQuerySet.as_manager()

    if TYPE_CHECKING:
        topics: RelatedManager[Topic]

    class Meta:
        abstract = True
        ordering = ("starts_at", "id")
        verbose_name = "session"
        constraints = (
            models.UniqueConstraint(fields=("series", "date"), name="one_session_per_date"),
            models.UniqueConstraint(fields=("series", "slot"), name="one_session_per_slot"),
            models.CheckConstraint(
                condition=Q(series__isnull=True, date__isnull=True, slot__isnull=True)
                | Q(series__isnull=False, date__isnull=False, slot__isnull=False),
                name="a_rehearsal_has_no_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | (Q(published_at__isnull=False) & ~Q(title="")),
                name="published_with_title_and_instant",
            ),
        )
        indexes = (models.Index(fields=("starts_at",), name="session_starts_at"),)

    def __str__(self) -> str:
        when = self.date.isoformat() if self.date else f"rehearsal {self.pk}"
        return f"{when} {self.title}".strip()

    def get_absolute_url(self) -> str:
        """The address of the pre-read."""
        return self.page_url("pre-read")

    def page_url(self, page: str) -> str:
        """The address of one of its pages, by day; a rehearsal's, by number.

        `page` is the name of the weekly session's address: pre-read, event, room, transcript, …
        """
        if self.date is None:
            return reverse(f"rehearsal-{page}", args=[self.pk])
        return reverse(page, args=[self.date])

    @property
    def facts(self) -> SessionFacts:
        return SessionFacts(self.starts_at, cast("Status", str(self.status)))

    @property
    def content(self) -> Content:
        """What is filled in, read from the database unless topics and articles are prefetched."""
        return Content(self.title, tuple(topic.facts for topic in self.topics.all()))

    def needs(self) -> list[Need]:
        """What is still to do before it can be published."""
        return needs(self.content)

    def why_frozen(self, now: datetime) -> NotAllowed | None:
        """Why nothing of it can change at that instant; None while it can."""
        return permissions.why_frozen(self.facts, now)

    def is_called_off(self, now: datetime) -> bool:
        """True for a cancelled session, and for a draft from its start on."""
        return self.facts.is_called_off(now)

    def read_topics(self) -> list[Topic]:
        """Its three topics with their articles, in two queries."""
        return list(self.topics.select_related("session").prefetch_related("articles"))

    def readable_by(self, person: User) -> bool:
        """May that person read title, questions and articles? Everyone may see date and curator."""
        own = self.curator_id is not None and self.curator_id == person.pk
        return own or self.published_at is not None or person.is_superuser

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_rehearsal(self) -> bool:
        return self.date is None

    @property
    def ends_at(self) -> datetime:
        return agenda.ends_at(self.starts_at)

    @property
    def lobby_opens_at(self) -> datetime:
        return agenda.lobby_opens_at(self.starts_at)

    @property
    def room_url(self) -> str:
        return self.page_url("room")

    @property
    def transcript_url(self) -> str:
        return self.page_url("transcript")

    @property
    def event_url(self) -> str:
        """The address of its entry for calendars."""
        return self.page_url("event")
