"""What a session still needs before it can be published: the curator's checklist."""

from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError

from curation.law import validators

if TYPE_CHECKING:
    from curation.models import ChatSession
    from curation.models.topic import Topic


class Need(NamedTuple):
    """A thing to do, and the field of the curator's page where it is done."""

    sentence: str
    field: str


def missing(session: "ChatSession") -> list[str]:
    """One sentence for each thing to do, in the order of the page; nothing when it is complete."""
    return [need.sentence for need in needs(session)]


def needs(session: "ChatSession") -> list[Need]:
    found = [] if session.title else [Need("Give the session a title.", "session-title")]
    for topic in session.topics.all():
        found += needs_of(topic)
    return found


def needs_of(topic: "Topic") -> list[Need]:
    name = f"topic {topic.position}"
    question, article = (
        f"topic-{topic.position}-question",
        f"topic-{topic.position}-articles-0-url",
    )
    found = [] if topic.question else [Need(f"Write the question for {name}.", question)]
    articles = list(topic.articles.all())
    visible = [one for one in articles if not one.hidden]
    if not articles:
        found.append(Need(f"Add an article to {name}.", article))
    elif not visible:
        sentence = f"All the articles in {name} are hidden. Show one or add another."
        found.append(Need(sentence, article))
    elif not any(works(one.url) for one in visible):
        found.append(Need(f"Give {name} an article with a link that works.", article))
    return found


def works(url: str) -> bool:
    """Is it written like a link that a reader can open?"""
    try:
        validators.check_link(url)
    except ValidationError:
        return False
    return True
