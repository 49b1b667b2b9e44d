"""Something to read about a topic."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from curation.law import validators
from curation.law.checklist import ArticleFacts
from curation.law.permissions import NotAllowed


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as a curator fills it in; `id` of the one that it replaces, or None."""

    url: str
    title: str
    source: str = ""
    note: str = ""
    minutes: int | None = None
    id: int | None = None


class Article(models.Model):
    topic = models.ForeignKey("curation.Topic", on_delete=models.CASCADE, related_name="articles")
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
        """The site's name as people say it: `example.com`."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def facts(self) -> ArticleFacts:
        return ArticleFacts(is_hidden=self.hidden, has_valid_link=is_valid_link(self.url))

    def hide(self, now: datetime) -> None:
        """Hide it on every page, at any time. Raises NotAllowed for the only one of its topic.

        From the opening of the lobby on, the only one may be hidden as well.
        """
        session = self.topic.session
        with session.locked():
            self.refresh_from_db()
            if not self.hidden:
                others = self.topic.articles.filter(hidden=False).exclude(pk=self.pk)
                if session.is_published and not session.why_frozen(now) and not others.exists():
                    sentence = f"It’s the only article in topic {self.topic.position}."
                    raise NotAllowed("incomplete", f"{sentence} Add another one first.")
                self.hidden = True
                self.save(update_fields=["hidden"])
                session.save_edition()

    def show(self, now: datetime) -> None:
        """Show a hidden article again, at any time."""
        session = self.topic.session
        with session.locked():
            self.refresh_from_db()
            if self.hidden:
                self.hidden = False
                self.save(update_fields=["hidden"])
                session.save_edition()


def is_valid_link(url: str) -> bool:
    """Is it written like a link that a reader can open?"""
    try:
        validators.check_link(url)
    except ValidationError:
        return False
    return True
