"""The questions that are asked about sessions, each with the instant it is asked for."""

from datetime import date, datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from curation.law import agenda

S = TypeVar("S", bound=models.Model)  # ChatSession, which has this queryset and so imports it


class SessionQuerySet(models.QuerySet[S]):
    def weekly(self) -> Self:
        """The sessions of the series, without rehearsals."""
        return self.filter(series__isnull=False)

    def rehearsals(self) -> Self:
        return self.filter(series__isnull=True)

    def upcoming(self, at: datetime) -> Self:
        """Weekly sessions that are not over at that instant and will take place, next first."""
        not_over = Q(status="published", starts_at__gt=at - agenda.LENGTH)
        return self.weekly().filter(not_over | Q(status="draft", starts_at__gt=at))

    def current(self, at: datetime) -> S | None:
        """The weekly session that is running, or the next one."""
        return self.upcoming(at).select_related("curator__team", "series").first()

    def due_to_call_off(self, at: datetime) -> Self:
        """Sessions that should have started and were never published."""
        return self.filter(status="draft", starts_at__lte=at)

    def unprepared(self, at: datetime) -> Self:
        """Drafts whose lobby is still to open and in which nobody has written anything."""
        drafts = self.filter(status="draft", starts_at__gt=at + agenda.LOBBY, title="", intro="")
        without_questions = drafts.exclude(topics__question__gt="")
        without_prompts = without_questions.exclude(topics__prompts__isnull=False)
        return without_prompts.exclude(topics__articles__isnull=False)

    def addressed(self, day: date | None = None, number: int | None = None) -> S:
        """The weekly session of that day, or the rehearsal of that number. Raises DoesNotExist."""
        found = self.weekly().filter(date=day) if day else self.rehearsals().filter(pk=number or 0)
        return found.select_related("curator__team", "series").order_by("pk")[:1].get()
