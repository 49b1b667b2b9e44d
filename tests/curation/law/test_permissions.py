"""What may be done to a session at an instant: each rule at its limit and one step past it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from curation.law.checklist import ArticleFacts, Content, TopicFacts
from curation.law.permissions import (
    FURTHEST,
    Incomplete,
    NotAllowed,
    SessionFacts,
    Status,
    check_may_change,
    check_may_move,
    check_may_publish,
)

START = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
LOBBY = START - timedelta(minutes=10)
END = START + timedelta(minutes=30)

ARTICLE = ArticleFacts(is_hidden=False, has_valid_link=True)
TOPICS = tuple(TopicFacts(position, "Why?", (ARTICLE,)) for position in (1, 2, 3))
COMPLETE = Content("A title", TOPICS)


def refusal(check: Callable[[], None]) -> str:
    """The code with which the law refuses; empty if it allows."""
    try:
        check()
    except NotAllowed as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("status", "now", "code"),
    [
        ("draft", LOBBY - MILLISECOND, ""),
        ("published", LOBBY - MILLISECOND, ""),
        ("cancelled", LOBBY - MILLISECOND, "cancelled"),
        ("draft", LOBBY, "lobby_open"),
        ("published", LOBBY, "lobby_open"),
        ("draft", START - MILLISECOND, "lobby_open"),
        ("draft", START, "cancelled"),
        ("published", END - MILLISECOND, "lobby_open"),
        ("published", END, "closed"),
        ("cancelled", END, "cancelled"),
    ],
)
def test_a_session_can_be_changed_until_its_lobby_opens(
    status: Status, now: datetime, code: str
) -> None:
    session = SessionFacts(START, status)
    assert refusal(lambda: check_may_change(session, now)) == code


@pytest.mark.parametrize(
    ("status", "now", "code"),
    [
        ("draft", LOBBY, ""),
        ("draft", START - MILLISECOND, ""),
        ("draft", START, "cancelled"),
        ("cancelled", LOBBY, "cancelled"),
    ],
)
def test_a_complete_session_can_be_published_until_it_starts(
    status: Status, now: datetime, code: str
) -> None:
    session = SessionFacts(START, status)
    assert refusal(lambda: check_may_publish(session, COMPLETE, now)) == code


def test_an_incomplete_session_can_not_be_published() -> None:
    with pytest.raises(Incomplete) as refused:
        check_may_publish(SessionFacts(START, "draft"), Content("", TOPICS), LOBBY)
    assert refused.value.messages == ["Give the session a title."]


@pytest.mark.parametrize(
    ("to", "now", "code"),
    [
        (START + timedelta(days=1), LOBBY - MILLISECOND, ""),
        (START + timedelta(days=1), LOBBY, "lobby_open"),
        (START - timedelta(days=1), LOBBY - timedelta(days=1), "too_soon"),
        (START - timedelta(days=1), LOBBY - timedelta(days=1) - MILLISECOND, ""),
        (START - timedelta(days=1) + FURTHEST, START - timedelta(days=1), ""),
        (START - timedelta(days=1) + FURTHEST + MILLISECOND, START - timedelta(days=1), "too_far"),
    ],
)
def test_a_session_moves_while_both_lobbies_are_still_to_open(
    to: datetime, now: datetime, code: str
) -> None:
    session = SessionFacts(START, "published")
    assert refusal(lambda: check_may_move(session, now, to)) == code
