"""The questions that everyone asks about sessions, each with the instant it is asked for."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from curation.law import agenda

if TYPE_CHECKING:
    from curation.models import ChatSession, Series
    from people.models import User


class SessionQuerySet(models.QuerySet["ChatSession"]):
    def weekly(self) -> "SessionQuerySet":
        """The series' own; no rehearsals."""
        return self.filter(series__isnull=False)

    def rehearsals(self) -> "SessionQuerySet":
        return self.filter(series__isnull=True)

    def upcoming(self, at: datetime) -> "SessionQuerySet":
        """Weekly sessions that are not over at that instant and will take place, next first."""
        not_over = Q(status="published", starts_at__gt=at - agenda.LENGTH)
        return self.weekly().filter(not_over | Q(status="draft", starts_at__gt=at))

    def current(self, at: datetime) -> "ChatSession | None":
        """The one that runs, or the next one."""
        return self.upcoming(at).select_related("curator__team", "series").first()

    def due_to_call_off(self, at: datetime) -> "SessionQuerySet":
        """Those that should have started and were never published."""
        return self.filter(status="draft", starts_at__lte=at)

    def unprepared(self, at: datetime) -> "SessionQuerySet":
        """Drafts whose lobby is still to come and in which nobody has written anything."""
        drafts = self.filter(status="draft", starts_at__gt=at + agenda.LOBBY, title="", intro="")
        unasked = drafts.exclude(topics__question__gt="").exclude(topics__prompts__isnull=False)
        return unasked.exclude(topics__articles__isnull=False)

    def visible_to(self, person: "User") -> "SessionQuerySet":
        """Those whose questions and articles that person may read.

        Of the others everybody sees the day and the curator, and nothing more.
        """
        if person.is_superuser:
            return self
        return self.filter(Q(published_at__isnull=False) | Q(curator=person))

    def addressed(self, day: date | None = None, number: int | None = None) -> "ChatSession":
        """The session under /sessions/<day>/ or /rehearsals/<number>/; or DoesNotExist."""
        found = self.weekly().filter(date=day) if day else self.rehearsals().filter(pk=number or 0)
        session = found.select_related("curator__team", "series").order_by("pk").first()
        if session is None:
            raise self.model.DoesNotExist
        return session

    def lay_out(
        self, series: "Series | None", slot: date | None, starts_at: datetime, **fields: Any
    ) -> "ChatSession":
        """A new session with its three topics; without a series (and slot) it is a rehearsal."""
        day = starts_at.astimezone(series.zone).date() if series else None
        with transaction.atomic():
            session = self.create(series=series, slot=slot, date=day, starts_at=starts_at, **fields)
            for position in range(1, agenda.TOPICS + 1):
                session.topics.create(position=position)
        return session
