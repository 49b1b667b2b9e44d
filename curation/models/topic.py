"""A session's three topics, each with its question, its articles and its prompts."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from curation.law import agenda, validators
from curation.law.checklist import TopicFacts
from curation.law.permissions import NotAllowed
from curation.models.article import Article, ArticleDraft
from curation.models.prompt import Prompt, PromptDraft

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_ARTICLES = 10
MOST_PROMPTS = 5


class Topic(models.Model):
    session = models.ForeignKey(
        "curation.ChatSession", on_delete=models.CASCADE, related_name="topics"
    )
    position = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(agenda.TOPICS)]
    )
    question = models.CharField(max_length=200, blank=True, validators=[validators.check_line])

    if TYPE_CHECKING:
        articles: RelatedManager[Article]
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
    def visible_articles(self) -> list[Article]:
        return [article for article in self.articles.all() if not article.hidden]

    @property
    def facts(self) -> TopicFacts:
        articles = tuple(article.facts for article in self.articles.all())
        return TopicFacts(self.position, self.question, articles)

    # These three are for `ChatSession.prepare`, which holds the session's row.

    def set_question(self, question: str) -> None:
        """Raises ValidationError for a text that is not allowed."""
        self.question = validators.tidy_line(question)
        self.clean_fields(exclude=("session",))
        self.save(update_fields=["question"])

    def replace_articles(self, drafts: Sequence[ArticleDraft]) -> None:
        """Make these the topic's articles, in this order. Raises NotAllowed, ValidationError.

        A draft with the id of a present article replaces it, and a hidden one stays hidden. Present
        articles that no draft names are deleted.
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

    def replace_prompts(self, drafts: Sequence[PromptDraft]) -> None:
        """Make these the topic's prompts. Raises NotAllowed, ValidationError.

        A draft with the id of a present prompt replaces it, and one that the host holds back stays
        held back. Present prompts that no draft names are deleted.
        """
        if len(drafts) > MOST_PROMPTS:
            raise NotAllowed("too_many", f"A topic can have at most {MOST_PROMPTS} prompts.")
        present = {prompt.pk: prompt for prompt in self.prompts.all()}
        for draft in drafts:
            prompt = present.pop(draft.id or 0, None) or Prompt(topic=self)
            prompt.minute = draft.minute
            prompt.body = validators.tidy_prose(draft.body)
            prompt.if_quiet = draft.if_quiet
            prompt.clean_fields(exclude=("topic",))
            prompt.save()
        self.prompts.filter(pk__in=present).delete()
