"""What a session still needs, for each part that can be missing."""

from dataclasses import replace

import pytest

from curation.law.checklist import ArticleFacts, Content, Need, TopicFacts, needs

ARTICLE = ArticleFacts(is_hidden=False, has_valid_link=True)
HIDDEN = replace(ARTICLE, is_hidden=True)
BROKEN = replace(ARTICLE, has_valid_link=False)
TOPICS = tuple(TopicFacts(position, "Why?", (ARTICLE,)) for position in (1, 2, 3))


def test_a_complete_session_needs_nothing() -> None:
    assert needs(Content("A title", TOPICS)) == []


def test_a_session_needs_a_title() -> None:
    assert needs(Content("", TOPICS)) == [Need("Give the session a title.", "session-title")]


@pytest.mark.parametrize(
    ("question", "articles", "sentences"),
    [
        ("", (ARTICLE,), ["Write the question for topic 2."]),
        ("Why?", (), ["Add an article to topic 2."]),
        ("", (), ["Write the question for topic 2.", "Add an article to topic 2."]),
        (
            "Why?",
            (HIDDEN,),
            ["All the articles in topic 2 are hidden. Show one or add another."],
        ),
        ("Why?", (BROKEN,), ["Give topic 2 an article with a link that works."]),
        ("Why?", (HIDDEN, BROKEN), ["Give topic 2 an article with a link that works."]),
        ("Why?", (BROKEN, ARTICLE), []),
        ("Why?", (HIDDEN, ARTICLE), []),
    ],
)
def test_a_topic_needs_a_question_and_a_visible_article_with_a_link(
    question: str, articles: tuple[ArticleFacts, ...], sentences: list[str]
) -> None:
    topics = (TOPICS[0], TopicFacts(2, question, articles), TOPICS[2])
    found = needs(Content("A title", topics))
    assert [need.sentence for need in found] == sentences
    assert all(need.field.startswith("topic-2-") for need in found)
