"""A session's three topics, each with its question and its articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from curation.law import agenda, validators
from curation.law.permissions import NotAllowed, why_frozen

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from curation.models.prompt import Prompt

MOST_ARTICLES = 10


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as a curator fills it in; `id` of the one that it replaces, or None."""

    url: str
    title: str
    source: str = ""
    note: str = ""
    minutes: int | None = None
    id: int | None = None


class Topic(models.Model):
    session = models.ForeignKey(
        "curation.ChatSession", on_delete=models.CASCADE, related_name="topics"
    )
    position = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(agenda.TOPICS)]
    )
    question = models.CharField(max_length=200, blank=True, validators=[validators.check_line])

    if TYPE_CHECKING:
        articles: RelatedManager["Article"]
        prompts: RelatedManager[Prompt]

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

    @property
    def visible_articles(self) -> list["Article"]:
        return [article for article in self.articles.all() if not article.hidden]

    def set_question(self, question: str) -> None:
        """Set the question. For `ChatSession.prepare`, which holds the session's row."""
        self.question = validators.tidy_line(question)
        self.clean_fields(exclude=("session",))
        self.save(update_fields=["question"])

    def replace_articles(self, drafts: Sequence[ArticleDraft]) -> None:
        """Make these the topic's articles, in this order. For `ChatSession.prepare`.

        One that names a present article replaces it and stays hidden if that was; what no draft
        names goes.
        """
        if len(drafts) > MOST_ARTICLES:
            raise NotAllowed("too_many", f"A topic can have at most {MOST_ARTICLES} articles.")
        present = {article.pk: article for article in self.articles.all()}
        for position, draft in enumerate(drafts, start=1):
            article = present.pop(draft.id or 0, None) or Article(topic=self)
            article.position = position
            article.url = validators.tidy_link(draft.url)
            article.title = validators.tidy_line(draft.title)
            article.source = validators.tidy_line(draft.source)
            article.note = validators.tidy_line(draft.note)
            article.minutes = draft.minutes
            article.clean_fields(exclude=("topic",))
            article.save()
        self.articles.filter(pk__in=present).delete()


class Article(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="articles")
    position = models.PositiveSmallIntegerField(default=1)
    url = models.CharField(
        "link", max_length=validators.LONGEST_LINK, validators=[validators.check_link]
    )
    title = models.CharField(max_length=160, validators=[validators.check_line])
    source = models.CharField(
        max_length=80, blank=True, validators=[validators.check_line], help_text="Who published it."
    )
    note = models.CharField(
        "why it matters", max_length=400, blank=True, validators=[validators.check_line]
    )
    minutes = models.PositiveSmallIntegerField(
        "reading time",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(url__istartswith="http://") | Q(url__istartswith="https://"),
                name="an_article_is_on_the_web",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def host(self) -> str:
        """Where it is, as people say it: `example.com`."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    def hide(self, now: datetime) -> None:
        """Take it off every page. At any time; before the lobby a published topic keeps one."""
        session = self.topic.session
        with session.held():
            self.refresh_from_db()
            if not self.hidden:
                others = self.topic.articles.filter(hidden=False).exclude(pk=self.pk)
                if session.is_published and not why_frozen(session, now) and not others.exists():
                    sentence = f"It’s the only article in topic {self.topic.position}."
                    raise NotAllowed("incomplete", f"{sentence} Add another one first.")
                self.hidden = True
                self.save(update_fields=["hidden"])
                session.store()

    def show(self, now: datetime) -> None:
        """Put a hidden one back. At any time."""
        session = self.topic.session
        with session.held():
            self.refresh_from_db()
            if self.hidden:
                self.hidden = False
                self.save(update_fields=["hidden"])
                session.store()
