"""All forms of a session together: title, introduction, three questions, articles, prompts."""

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
    """The forms of one topic."""

    topic: Topic
    question: QuestionForm
    articles: ArticleFormSet
    prompts: PromptFormSet

    @property
    def rows(self) -> list[tuple[BaseForm, Article | None]]:
        """Each article's form, with the article that it edits if there is one already."""
        known = {str(article.pk): article for article in self.topic.articles.all()}
        return [(form, known.get(str(form["article"].value()))) for form in self.articles.forms]

    @property
    def known_prompts(self) -> list[Prompt]:
        return list(self.topic.prompts.all())

    @property
    def prompt_rows(self) -> list[tuple[BaseForm, Prompt | None]]:
        """Each prompt's form, with the prompt that it edits if there is one already."""
        known = {str(prompt.pk): prompt for prompt in self.known_prompts}
        return [(form, known.get(str(form["prompt"].value()))) for form in self.prompts.forms]


class SessionForms:
    """All forms of the page, bound to `data` if a browser sent some."""

    def __init__(self, session: ChatSession, data: Any = None, *, frozen: bool = False) -> None:
        self.session = SessionForm(
            data, initial={"title": session.title, "intro": session.intro}, prefix="session"
        )
        topics = session.read_topics()
        prefetch_related_objects(topics, "prompts")
        self.topics = [self.topic_forms(topic, data) for topic in topics]
        if frozen:
            for form in self.forms():
                for field in form.fields.values():
                    # HTML has no read-only checkboxes.
                    is_box = isinstance(field.widget, CheckboxInput)
                    field.widget.attrs["disabled" if is_box else "readonly"] = True

    def forms(self) -> Iterator[BaseForm]:
        yield self.session
        for part in self.topics:
            yield part.question
            yield from part.articles.forms
            yield from part.prompts.forms

    def live_forms(self) -> Iterator[BaseForm]:
        """The forms without the rows to be removed. Each gets its place on the page as `where`."""
        yield self.session
        for part in self.topics:
            name = f"Topic {part.topic.position}"
            for form, where in [
                (part.question, name),
                *(
                    (form, f"{name}, article {place}")
                    for place, form in enumerate(part.articles.forms, 1)
                ),
                *(
                    (form, f"{name}, prompt {place}")
                    for place, form in enumerate(part.prompts.forms, 1)
                ),
            ]:
                if not form.data.get(form.add_prefix("DELETE")):
                    form.where = where
                    yield form

    def too_many(self) -> list[Wrong]:
        """The errors of a topic's rows as a whole, such as too many of them."""
        return [
            Wrong("", f"Topic {part.topic.position}", str(sentence))
            for part in self.topics
            for rows in (part.articles, part.prompts)
            if rows.is_bound
            for sentence in rows.non_form_errors()
        ]

    @staticmethod
    def topic_forms(topic: Topic, data: Any) -> TopicForms:
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
        validated: list[BaseForm | ArticleFormSet | PromptFormSet] = [self.session]
        for part in self.topics:
            validated += [part.question, part.articles, part.prompts]
        are_valid = [form.is_valid() for form in validated]  # every form finds its errors
        return all(are_valid)

    def save(self, session: ChatSession, now: datetime) -> None:
        session.prepare(
            now,
            title=self.session.cleaned_data["title"],
            intro=self.session.cleaned_data["intro"],
            questions=[part.question.cleaned_data["question"] for part in self.topics],
            articles=[part.articles.drafts() for part in self.topics],
            prompts=[part.prompts.drafts() for part in self.topics],
        )
