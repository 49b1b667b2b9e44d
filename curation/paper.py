"""A session as a sheet of forms: title and introduction, three questions, their articles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import BaseForm

from curation.forms import ArticleFormSet, QuestionForm, SessionForm, article_forms
from curation.models import Article, ChatSession, Topic


@dataclass(slots=True)
class TopicPaper:
    """One topic's part of the page."""

    topic: Topic
    question: QuestionForm
    articles: ArticleFormSet

    @property
    def rows(self) -> list[tuple[BaseForm, Article | None]]:
        """Each article's form with the article it stands for, if there is one already."""
        known = {str(article.pk): article for article in self.topic.articles.all()}
        return [(form, known.get(str(form["article"].value()))) for form in self.articles.forms]


class Paper:
    """All the forms of the page; bound to `data` when somebody has sent them."""

    def __init__(self, session: ChatSession, data: Any = None, *, frozen: bool = False) -> None:
        self.session = SessionForm(
            data, initial={"title": session.title, "intro": session.intro}, prefix="session"
        )
        self.topics = [self.topic_paper(topic, data) for topic in session.read_topics()]
        if frozen:
            for form in self.forms():
                for field in form.fields.values():
                    field.widget.attrs["readonly"] = True

    def forms(self) -> Iterator[BaseForm]:
        yield self.session
        for paper in self.topics:
            yield paper.question
            yield from paper.articles.forms

    @staticmethod
    def topic_paper(topic: Topic, data: Any) -> TopicPaper:
        prefix = f"topic-{topic.position}"
        articles = [
            {
                "article": article.pk,
                "url": article.url,
                "title": article.title,
                "source": article.source,
                "minutes": article.minutes,
                "note": article.note,
            }
            for article in topic.articles.all()
        ]
        return TopicPaper(
            topic,
            QuestionForm(data, initial={"question": topic.question}, prefix=prefix),
            article_forms(data, initial=articles, prefix=f"{prefix}-articles"),
        )

    def is_valid(self) -> bool:
        parts: list[BaseForm | ArticleFormSet] = [self.session]
        for paper in self.topics:
            parts += [paper.question, paper.articles]
        verdicts = [part.is_valid() for part in parts]  # every part says what is wrong with it
        return all(verdicts)

    def save(self, session: ChatSession, now: datetime) -> None:
        session.prepare(
            now,
            title=self.session.cleaned_data["title"],
            intro=self.session.cleaned_data["intro"],
            questions=[paper.question.cleaned_data["question"] for paper in self.topics],
            articles=[paper.articles.drafts() for paper in self.topics],
        )
