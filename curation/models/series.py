"""The weekly chat itself: when it is, and who curates it in turn."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from curation.law import validators
from people.models import User, known_zone


class Weekday(models.IntegerChoices):
    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


class Series(models.Model):
    """The weekly chat itself. An installation has one."""

    name = models.CharField(max_length=60, default="#TalkTech", validators=[validators.check_line])
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    local_time = models.TimeField("starts at", help_text="Local time in this time zone.")
    time_zone = models.CharField(max_length=64, validators=[known_zone])
    curators: "models.ManyToManyField[User, Turn]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Turn", related_name="+"
    )

    class Meta:
        verbose_name = "weekly chat"
        verbose_name_plural = "weekly chat"

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
