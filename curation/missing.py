"""What a session still needs before it can be published: the curator's checklist."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from curation import texts

if TYPE_CHECKING:
    from curation.models import ChatSession
    from curation.topics import Topic


def missing(session: "ChatSession") -> list[str]:
    """One sentence for each thing to do, in the order of the page; nothing when it is complete."""
    sentences = [] if session.title else ["Give the session a title."]
    for topic in session.topics.all():
        sentences += missing_in(topic)
    return sentences


def missing_in(topic: "Topic") -> list[str]:
    sentences = [] if topic.question else [f"Write the question for topic {topic.position}."]
    articles = list(topic.articles.all())
    visible = [article for article in articles if not article.hidden]
    if not articles:
        sentences.append(f"Add an article to topic {topic.position}.")
    elif not visible:
        sentences.append(
            f"All the articles in topic {topic.position} are hidden. Show one or add another."
        )
    elif not any(works(article.url) for article in visible):
        sentences.append(f"Give topic {topic.position} an article with a link that works.")
    return sentences


def works(url: str) -> bool:
    """Is it written like a link that a reader can open?"""
    try:
        texts.check_link(url)
    except ValidationError:
        return False
    return True
