"""The weekly chat on paper: its series, whose turn it is, and each session's questions and articles.

The verbs on `ChatSession` are the only writers of what the law of the room depends on: they take
the instant, lock the row and refuse what the law forbids. The admin only calls them.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from curation import agenda
from people.models import known_zone


class Weekday(models.IntegerChoices):
    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)



class Series(models.Model):
    """The weekly chat itself. An installation has one."""

    name = models.CharField(max_length=60, default="#TalkTech")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    local_time = models.TimeField("starts at", help_text="By the wall clock of the time zone.")
    time_zone = models.CharField(max_length=64, validators=[known_zone])
    curators: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Turn", related_name="+"
    )

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Turn(models.Model):
    """A place in the curators' rotation."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="turns")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("series", "person"), name="one_turn_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.person}"


class ChatSession(models.Model):
    """One week's chat, [starts_at, starts_at + 30 min); or a rehearsal of one, which has no date."""

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
    title = models.CharField(max_length=120, blank=True)
    intro = models.TextField("introduction", max_length=5000, blank=True)
    intro_html = models.TextField(blank=True, editable=False)
    curator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sessions_curated",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    edition = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised by every verb; calendars and rooms compare it."
    )
    revision = models.BigIntegerField(default=0, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)

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
        )
        indexes = (models.Index(fields=("starts_at",), name="session_starts_at"),)

    def __str__(self) -> str:
        when = self.date.isoformat() if self.date else f"rehearsal {self.pk}"
        return f"{when} {self.title}".strip()

    @property
    def is_rehearsal(self) -> bool:
        return self.date is None

    @property
    def ends_at(self) -> datetime:
        return agenda.ends_at(self.starts_at)

    @property
    def lobby_opens_at(self) -> datetime:
        return agenda.lobby_opens_at(self.starts_at)

    def get_absolute_url(self) -> str:
        """The pre-read; the room is `room/` below it."""
        if self.date is None:
            return f"/rehearsals/{self.pk}/"
        return f"/sessions/{self.date.isoformat()}/"

    @property
    def room_url(self) -> str:
        return f"{self.get_absolute_url()}room/"


class Topic(models.Model):
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="topics")
    position = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(agenda.TOPICS)]
    )
    question = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("session", "position"), name="one_topic_per_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=agenda.TOPICS),
                name="topics_are_1_to_3",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.question}"

    @property
    def starts_at(self) -> datetime:
        return agenda.topic_starts_at(self.session.starts_at, self.position)

    @property
    def ends_at(self) -> datetime:
        return agenda.topic_starts_at(self.session.starts_at, self.position + 1)


class Article(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="articles")
    position = models.PositiveSmallIntegerField(default=1)
    url = models.URLField("link", max_length=500)
    title = models.CharField(max_length=160)
    source = models.CharField(max_length=80, blank=True, help_text="Who published it.")
    note = models.CharField("why it matters", max_length=400, blank=True)
    minutes = models.PositiveSmallIntegerField(
        "reading time",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title
