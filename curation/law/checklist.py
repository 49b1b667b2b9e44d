"""What a session still needs before it can be published: the curator's checklist."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What the checklist needs to know of an article."""

    is_hidden: bool
    has_valid_link: bool


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What the checklist needs to know of a topic; its position is 1, 2 or 3."""

    position: int
    question: str
    articles: tuple[ArticleFacts, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a curator has filled in, as far as the checklist looks at it."""

    title: str
    topics: tuple[TopicFacts, ...]


class Need(NamedTuple):
    """A thing to do, and the field of the curator's page where it is done."""

    sentence: str
    field: str


def needs(content: Content) -> list[Need]:
    """Each thing to do, in the order of the curator's page; empty when the session is complete."""
    title = [] if content.title else [Need("Give the session a title.", "session-title")]
    return title + [need for topic in content.topics for need in needs_of_topic(topic)]


def needs_of_topic(topic: TopicFacts) -> Iterator[Need]:
    name = f"topic {topic.position}"
    article_field = f"topic-{topic.position}-articles-0-url"
    visible = [article for article in topic.articles if not article.is_hidden]
    if not topic.question:
        yield Need(f"Write the question for {name}.", f"topic-{topic.position}-question")
    if not topic.articles:
        yield Need(f"Add an article to {name}.", article_field)
    elif not visible:
        sentence = f"All the articles in {name} are hidden. Show one or add another."
        yield Need(sentence, article_field)
    elif not any(article.has_valid_link for article in visible):
        yield Need(f"Give {name} an article with a link that works.", article_field)
