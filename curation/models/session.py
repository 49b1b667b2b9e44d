"""The weekly chat on paper: a session, and what may be done to it.

The verbs on `ChatSession` are the only writers of what the law of the room depends on: they take
the instant, lock the row, read it anew, refuse what `law` forbids and raise the edition. The admin
only calls them. The series is in `series`; topics and articles, which they write too, in
`topics`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse

from curation.law import agenda, permissions, validators
from curation.law.permissions import NotAllowed
from curation.models.prompt import PromptDraft, put_prompts
from curation.models.querysets import SessionQuerySet
from curation.models.series import Series
from curation.models.topic import ArticleDraft, Topic
from people.models import User
from talktech.text.html import markdown_html

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

NEVER_PUBLISHED = "It wasn’t published in time."


class ChatSession(models.Model):
    """One week's chat, [starts_at, starts_at + 30 min); or a rehearsal of it, without a date."""

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
        default=False, editable=False, help_text="Given by hand; a new rota leaves it."
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    called_off_because = models.CharField(
        "reason", max_length=200, blank=True, validators=[validators.check_line]
    )
    edition = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised by every verb; calendars and rooms compare it."
    )
    revision = models.BigIntegerField(default=0, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)
    last_at = models.DateTimeField(
        null=True, editable=False, help_text="When the newest post was taken."
    )
    closed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When its transcript was written. No clock says an earlier time here after that.",
    )

    objects = SessionQuerySet.as_manager()

    if TYPE_CHECKING:
        topics: RelatedManager[Topic]

    class Meta:
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

    def publish(self, now: datetime) -> None:
        """Show it to everyone: complete, and not yet started. A second time changes nothing."""
        with self.held():
            if not self.is_published:
                permissions.check_may_publish(self, now)
                self.status, self.published_at = self.Status.PUBLISHED, now
                self.store("status", "published_at")

    def prepare(
        self,
        now: datetime,
        *,
        title: str | None = None,
        intro: str | None = None,
        questions: Sequence[str] | None = None,
        articles: Sequence[Sequence[ArticleDraft]] | None = None,
        prompts: Sequence[Sequence[PromptDraft]] | None = None,
    ) -> None:
        """Fill it in; what isn't given stays. `questions`, `articles` and `prompts` are for
        topics 1, 2, 3.

        Before the lobby opens. What is published stays complete, or nothing changes.
        Raises NotAllowed, or ValidationError for a text that may not stand.
        """
        with self.held():
            permissions.check_may_change(self, now)
            self.title = self.title if title is None else validators.tidy_line(title)
            self.intro = self.intro if intro is None else validators.tidy_prose(intro)
            self.intro_html = markdown_html(self.intro)
            self.clean_fields(exclude=("series", "curator"))
            topics = list(self.topics.all())
            if questions is not None:
                for topic, question in zip(topics, questions, strict=True):
                    topic.set_question(question)
            if articles is not None:
                for topic, drafts in zip(topics, articles, strict=True):
                    topic.replace_articles(drafts)
            if prompts is not None:
                for topic, follow_ups in zip(topics, prompts, strict=True):
                    put_prompts(topic, follow_ups)
            if self.is_published:
                permissions.check_complete(self)
            self.store("title", "intro", "intro_html")

    def move(self, now: datetime, to: datetime) -> None:
        """To another instant, both before the lobby opens; the slot stays, so the week is used."""
        with self.held():
            permissions.check_may_move(self, now, to)
            self.starts_at = to.replace(microsecond=to.microsecond // 1000 * 1000)
            if self.series:
                self.date = self.starts_at.astimezone(self.series.zone).date()
            try:
                with transaction.atomic():
                    self.store("starts_at", "date")
            except IntegrityError:
                self.refresh_from_db()
                raise NotAllowed("date_taken", "There’s already a session on that day.") from None

    def call_off(self, now: datetime, reason: str) -> None:
        """It will not take place. Before the lobby opens; a second time changes nothing."""
        with self.held():
            if self.status != self.Status.CANCELLED:
                permissions.check_may_change(self, now)
                self.status, self.called_off_because = (
                    self.Status.CANCELLED,
                    validators.tidy_line(reason),
                )
                if not self.called_off_because:
                    raise NotAllowed(
                        "no_reason", "Give a reason for the people who planned to come."
                    )
                self.clean_fields(exclude=("series", "curator"))
                self.store("status", "called_off_because")

    def hand_over(self, now: datetime, to: User) -> None:
        """Somebody else curates it. Before the lobby opens."""
        with self.held():
            permissions.check_may_change(self, now)
            self.curator, self.is_handed_over = to, True
            self.store("curator", "is_handed_over")

    @contextmanager
    def held(self) -> Iterator[None]:
        """This row locked, and read anew after the lock, until the block ends."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=ChatSession.objects.select_for_update())
            yield

    def store(self, *fields: str) -> None:
        """Write these fields as a new edition. For verbs, which hold the row."""
        self.edition += 1
        self.save(update_fields=[*fields, "edition"])

    def read_topics(self) -> list[Topic]:
        """Its three topics with their articles, in two queries."""
        return list(self.topics.select_related("session").prefetch_related("articles"))

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    def is_called_off(self, now: datetime) -> bool:
        """By somebody; or by itself, from the start on, even before anyone has written it down."""
        late = self.status == self.Status.DRAFT and now >= self.starts_at
        return late or self.status == self.Status.CANCELLED

    def readable_by(self, person: User) -> bool:
        """May that person read title, questions and articles? Date and curator all may see."""
        own = self.curator_id is not None and self.curator_id == person.pk
        return own or self.published_at is not None or person.is_superuser

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
