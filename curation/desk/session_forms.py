"""A session as a sheet of forms: title, introduction, three questions, articles, prompts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.forms import BaseForm, CheckboxInput

from curation.desk.forms import (
    ArticleFormSet,
    PromptFormSet,
    QuestionForm,
    SessionForm,
    article_forms,
    prompt_forms,
)
from curation.models import Article, ChatSession, Prompt, Topic
from people.templatetags.errors import Wrong


@dataclass(slots=True)
class TopicForms:
    """One topic's part of the page."""

    topic: Topic
    question: QuestionForm
    articles: ArticleFormSet
    prompts: PromptFormSet

    @property
    def rows(self) -> list[tuple[BaseForm, Article | None]]:
        """Each article's form with the article it stands for, if there is one already."""
        known = {str(article.pk): article for article in self.topic.articles.all()}
        return [(form, known.get(str(form["article"].value()))) for form in self.articles.forms]

    @property
    def known_prompts(self) -> list[Prompt]:
        return list(self.topic.prompts.all())

    @property
    def prompt_rows(self) -> list[tuple[BaseForm, Prompt | None]]:
        """Each prompt's form with the prompt it stands for, if there is one already."""
        known = {str(prompt.pk): prompt for prompt in self.known_prompts}
        return [(form, known.get(str(form["prompt"].value()))) for form in self.prompts.forms]


class SessionForms:
    """All the forms of the page; bound to `data` when somebody has sent them."""

    def __init__(self, session: ChatSession, data: Any = None, *, frozen: bool = False) -> None:
        self.session = SessionForm(
            data, initial={"title": session.title, "intro": session.intro}, prefix="session"
        )
        topics = session.read_topics()
        prefetch_related_objects(topics, "prompts")
        self.topics = [self.topic_paper(topic, data) for topic in topics]
        if frozen:
            for form in self.forms():
                for field in form.fields.values():
                    # A box that is ticked can't be read-only.
                    is_box = isinstance(field.widget, CheckboxInput)
                    field.widget.attrs["disabled" if is_box else "readonly"] = True

    def forms(self) -> Iterator[BaseForm]:
        yield self.session
        for paper in self.topics:
            yield paper.question
            yield from paper.articles.forms
            yield from paper.prompts.forms

    def live_forms(self) -> Iterator[BaseForm]:
        """Those that count: not the rows to be removed. `where` tells them from one another."""
        yield self.session
        for paper in self.topics:
            name = f"Topic {paper.topic.position}"
            for form, where in [
                (paper.question, name),
                *(
                    (form, f"{name}, article {place}")
                    for place, form in enumerate(paper.articles.forms, 1)
                ),
                *(
                    (form, f"{name}, prompt {place}")
                    for place, form in enumerate(paper.prompts.forms, 1)
                ),
            ]:
                if not form.data.get(form.add_prefix("DELETE")):
                    form.where = where
                    yield form

    def too_many(self) -> list[Wrong]:
        """What is wrong with a topic's rows as a whole."""
        return [
            Wrong("", f"Topic {paper.topic.position}", str(sentence))
            for paper in self.topics
            for rows in (paper.articles, paper.prompts)
            if rows.is_bound
            for sentence in rows.non_form_errors()
        ]

    @staticmethod
    def topic_paper(topic: Topic, data: Any) -> TopicForms:
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
        prompts = [
            {
                "prompt": prompt.pk,
                "minute": prompt.minute,
                "body": prompt.body,
                "if_quiet": prompt.if_quiet,
            }
            for prompt in topic.prompts.all()
        ]
        return TopicForms(
            topic,
            QuestionForm(data, initial={"question": topic.question}, prefix=prefix),
            article_forms(data, initial=articles, prefix=f"{prefix}-articles"),
            prompt_forms(data, initial=prompts, prefix=f"{prefix}-prompts"),
        )

    def is_valid(self) -> bool:
        parts: list[BaseForm | ArticleFormSet | PromptFormSet] = [self.session]
        for paper in self.topics:
            parts += [paper.question, paper.articles, paper.prompts]
        verdicts = [part.is_valid() for part in parts]  # every part says what is wrong with it
        return all(verdicts)

    def save(self, session: ChatSession, now: datetime) -> None:
        session.prepare(
            now,
            title=self.session.cleaned_data["title"],
            intro=self.session.cleaned_data["intro"],
            questions=[paper.question.cleaned_data["question"] for paper in self.topics],
            articles=[paper.articles.drafts() for paper in self.topics],
            prompts=[paper.prompts.drafts() for paper in self.topics],
        )
