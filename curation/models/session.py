"""A session of the weekly chat, and what may be done to it.

The verbs of `ChatSession` are the only code that writes what the law of the room depends on. Each
takes the instant, locks the row and reads it after the lock, refuses what `curation.law` forbids,
and raises the edition.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from curation.law import agenda, permissions, validators
from curation.law.permissions import NotAllowed
from curation.models.article import ArticleDraft
from curation.models.prompt import PromptDraft
from curation.models.series import Series
from curation.models.session_fields import SessionFields
from people.models import User
from talktech.text.html import markdown_html

NEVER_PUBLISHED = "It wasn’t published in time."


class ChatSession(SessionFields):
    """One week's chat, [starts_at, starts_at + 30 min); or a rehearsal of it, without a date."""

    class Meta(SessionFields.Meta):
        abstract = False

    def publish(self, now: datetime) -> None:
        """Show a complete session to everyone before it starts. A second time changes nothing.

        Raises NotAllowed.
        """
        with self.locked():
            if not self.is_published:
                permissions.check_may_publish(self.facts, self.content, now)
                self.status, self.published_at = self.Status.PUBLISHED, now
                self.save_edition("status", "published_at")

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
        """Fill in what is given, before the lobby opens; the rest stays as it is.

        `questions`, `articles` and `prompts` have an item for each of topics 1, 2 and 3.
        A published session stays complete, or nothing changes.
        Raises NotAllowed, or ValidationError for a text that is not allowed.
        """
        with self.locked():
            permissions.check_may_change(self.facts, now)
            self.title = self.title if title is None else validators.tidy_line(title)
            self.intro = self.intro if intro is None else validators.tidy_prose(intro)
            self.intro_html = markdown_html(self.intro)
            self.clean_fields(exclude=("series", "curator"))
            topics = list(self.topics.all())
            for topic, question in zip(topics, questions or (), strict=questions is not None):
                topic.set_question(question)
            for topic, drafts in zip(topics, articles or (), strict=articles is not None):
                topic.replace_articles(drafts)
            for topic, follow_ups in zip(topics, prompts or (), strict=prompts is not None):
                topic.replace_prompts(follow_ups)
            if self.is_published:
                permissions.check_complete(self.content)
            self.save_edition("title", "intro", "intro_html")

    def move(self, now: datetime, to: datetime) -> None:
        """Move it to another instant. Both lobbies are still to open; its slot stays as it is.

        Raises NotAllowed.
        """
        with self.locked():
            permissions.check_may_move(self.facts, now, to)
            self.starts_at = to.replace(microsecond=to.microsecond // 1000 * 1000)
            if self.series:
                self.date = self.starts_at.astimezone(self.series.zone).date()
            try:
                with transaction.atomic():
                    self.save_edition("starts_at", "date")
            except IntegrityError:
                self.refresh_from_db()
                raise NotAllowed("date_taken", "There’s already a session on that day.") from None

    def call_off(self, now: datetime, reason: str) -> None:
        """Cancel it before the lobby opens. A second time changes nothing.

        Raises NotAllowed, or ValidationError for a reason that is not allowed.
        """
        with self.locked():
            if self.status != self.Status.CANCELLED:
                permissions.check_may_change(self.facts, now)
                self.status = self.Status.CANCELLED
                self.called_off_because = validators.tidy_line(reason)
                if not self.called_off_because:
                    sentence = "Give a reason for the people who planned to come."
                    raise NotAllowed("no_reason", sentence)
                self.clean_fields(exclude=("series", "curator"))
                self.save_edition("status", "called_off_because")

    def hand_over(self, now: datetime, to: User) -> None:
        """Make somebody else its curator, before the lobby opens. Raises NotAllowed."""
        with self.locked():
            permissions.check_may_change(self.facts, now)
            self.curator, self.is_handed_over = to, True
            self.save_edition("curator", "is_handed_over")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock this row and read it after that; the lock ends with the block."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=ChatSession.objects.select_for_update())
            yield

    def save_edition(self, *fields: str) -> None:
        """Write these fields as a new edition. For verbs, which hold the row."""
        self.edition += 1
        self.save(update_fields=[*fields, "edition"])


def create_session(
    series: Series | None, slot: date | None, starts_at: datetime, **fields: Any
) -> ChatSession:
    """A new session with its three topics; a rehearsal where series and slot are None."""
    day = starts_at.astimezone(series.zone).date() if series else None
    with transaction.atomic():
        session = ChatSession.objects.create(
            series=series, slot=slot, date=day, starts_at=starts_at, **fields
        )
        for position in range(1, agenda.TOPICS + 1):
            session.topics.create(position=position)
    return session
