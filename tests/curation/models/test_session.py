"""The verbs of a session follow the law for every caller; the admin has no other way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from curation.models import (
    Article,
    ArticleDraft,
    ChatSession,
    NotAllowed,
    Series,
    create_session,
)
from people.models import User
from tests.conftest import THURSDAY, make_session

BEFORE = THURSDAY - timedelta(days=1)
LOBBY = THURSDAY - timedelta(minutes=10)
END = THURSDAY + timedelta(minutes=30)
TICK = timedelta(milliseconds=1)

Change = Callable[[ChatSession, datetime], None]


@pytest.fixture
def draft(series: Series, curator: User) -> ChatSession:
    """Thursday's session: complete, not yet published."""
    return make_session(series, curator, THURSDAY, ChatSession.Status.DRAFT)


CHANGES: dict[str, Change] = {
    "prepare": lambda session, now: session.prepare(now, title="Another title"),
    "move": lambda session, now: session.move(now, THURSDAY + timedelta(days=1)),
    "call_off": lambda session, now: session.call_off(now, "A holiday."),
    "hand_over": lambda session, now: session.hand_over(now, User.objects.get(name="Jonas Meyer")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("status", ["draft", "published"])
def test_the_last_instant_before_the_lobby_is_open_to_change(
    draft: ChatSession, change: Change, status: str
) -> None:
    if status == "published":
        draft.publish(BEFORE)
    edition = draft.edition
    change(draft, LOBBY - TICK)
    draft.refresh_from_db()
    assert draft.edition == edition + 1


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("status", ["draft", "published"])
@pytest.mark.parametrize(
    ("now", "published", "drafted"),
    [
        (LOBBY, "lobby_open", "lobby_open"),
        (THURSDAY - TICK, "lobby_open", "lobby_open"),
        (THURSDAY, "lobby_open", "cancelled"),
        (END - TICK, "lobby_open", "cancelled"),
        (END, "closed", "cancelled"),
    ],
)
def test_from_the_opening_of_the_lobby_nothing_changes(
    draft: ChatSession, change: Change, status: str, now: datetime, published: str, drafted: str
) -> None:
    if status == "published":
        draft.publish(BEFORE)
    before = ChatSession.objects.filter(pk=draft.pk).values().get()
    with pytest.raises(NotAllowed) as refused:
        change(draft, now)
    assert refused.value.code == (published if status == "published" else drafted)
    assert ChatSession.objects.filter(pk=draft.pk).values().get() == before


@pytest.mark.parametrize("change", [*CHANGES.values()], ids=CHANGES)
def test_a_called_off_session_can_not_be_changed(draft: ChatSession, change: Change) -> None:
    draft.call_off(BEFORE, "A holiday.")
    if change is CHANGES["call_off"]:
        change(draft, BEFORE)
        assert draft.edition == 1, "a second time changes nothing"
    else:
        with pytest.raises(NotAllowed, match="called off"):
            change(draft, BEFORE)


@pytest.mark.parametrize("now", [BEFORE, LOBBY - TICK, LOBBY, THURSDAY - TICK])
def test_a_complete_session_can_be_published_until_it_starts(
    draft: ChatSession, now: datetime
) -> None:
    draft.publish(now)
    draft.refresh_from_db()
    assert (draft.status, draft.published_at, draft.edition) == ("published", now, 1)


@pytest.mark.parametrize("now", [THURSDAY, THURSDAY + TICK, END])
def test_a_session_can_not_be_published_from_its_start_on(
    draft: ChatSession, now: datetime
) -> None:
    with pytest.raises(NotAllowed, match="before they start"):
        draft.publish(now)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_publishing_a_second_time_changes_nothing(draft: ChatSession) -> None:
    draft.publish(BEFORE)
    draft.publish(BEFORE + timedelta(minutes=1))
    assert (draft.published_at, draft.edition) == (BEFORE, 1)


def test_a_called_off_session_is_not_published(draft: ChatSession) -> None:
    draft.call_off(BEFORE, "A holiday.")
    with pytest.raises(NotAllowed, match="called off"):
        draft.publish(BEFORE)


def test_an_incomplete_session_says_what_is_missing(series: Series, curator: User) -> None:
    empty = create_session(series, THURSDAY.date(), THURSDAY, curator=curator)
    with pytest.raises(NotAllowed) as refused:
        empty.publish(BEFORE)
    assert refused.value.code == "incomplete"
    assert refused.value.messages == [
        "Give the session a title.",
        "Write the question for topic 1.",
        "Add an article to topic 1.",
        "Write the question for topic 2.",
        "Add an article to topic 2.",
        "Write the question for topic 3.",
        "Add an article to topic 3.",
    ]


def test_a_verb_reads_the_row_again_before_it_decides(draft: ChatSession) -> None:
    stale = ChatSession.objects.get(pk=draft.pk)
    draft.call_off(BEFORE, "A holiday.")
    with pytest.raises(NotAllowed):
        stale.publish(BEFORE)


def test_preparing_writes_everything_and_tidies_it(draft: ChatSession) -> None:
    first = draft.topics.get(position=1).articles.get()
    draft.prepare(
        BEFORE,
        title="  Learning \n in the flow ",
        intro="Hello\r\n\r\n*there*",
        questions=["One ?", "Two?", "Three?"],
        articles=[
            [
                ArticleDraft("https://b.example/", "B", note="Read it."),
                ArticleDraft("https://a.example/", "A", "Source", minutes=3, id=first.pk),
            ],
            [ArticleDraft("c.example/page", "C")],
            [],
        ],
    )
    draft.refresh_from_db()
    assert (draft.title, draft.intro) == ("Learning in the flow", "Hello\n\n*there*")
    assert "<p>" in draft.intro_html
    topics = list(draft.topics.all())
    assert [topic.question for topic in topics] == ["One ?", "Two?", "Three?"]
    kept = list(topics[0].articles.all())
    assert [(article.title, article.position) for article in kept] == [("B", 1), ("A", 2)]
    assert kept[1].pk == first.pk
    assert topics[1].articles.get().url == "https://c.example/page"
    assert not topics[2].articles.exists()


def test_parts_that_are_not_given_stay_as_they_are(draft: ChatSession) -> None:
    draft.prepare(BEFORE, intro="New")
    assert draft.title == "Learning in the flow of work"
    assert draft.topics.filter(articles__isnull=False).count() == 3


def test_a_hidden_article_stays_hidden_when_it_is_edited(draft: ChatSession) -> None:
    article = draft.topics.get(position=1).articles.get()
    article.hide(BEFORE)
    draft.prepare(BEFORE, articles=[[ArticleDraft(article.url, "New name", id=article.pk)], [], []])
    article.refresh_from_db()
    assert (article.title, article.hidden) == ("New name", True)


def test_an_article_of_another_session_is_not_taken_over(
    draft: ChatSession, series: Series, curator: User
) -> None:
    other = make_session(series, curator, THURSDAY + timedelta(days=7))
    theirs = other.topics.get(position=1).articles.get()
    draft.prepare(
        BEFORE, articles=[[ArticleDraft("https://x.example/", "X", id=theirs.pk)], [], []]
    )
    theirs.refresh_from_db()
    assert theirs.topic.session_id == other.pk and theirs.title == "Article 1"


def test_a_published_session_may_be_improved_but_stays_complete(session: ChatSession) -> None:
    session.prepare(BEFORE, title="Better")
    holes: list[dict[str, Any]] = [
        {"title": ""},
        {"questions": ["One?", "", "Three?"]},
        {"articles": [[], [], []]},
    ]
    for hole in holes:
        with pytest.raises(NotAllowed) as refused:
            session.prepare(BEFORE, **hole)
        assert refused.value.code == "incomplete"
    session.refresh_from_db()
    assert session.title == "Better"
    assert session.topics.filter(articles__isnull=False).count() == 3


HOSTILE = [
    "with\x00NUL",
    "\u202eturned",
    "a lone \ud83d surrogate",
    "Z" + "\u0301" * 20,
    "x" * 6000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("field", ["title", "intro", "question", "link", "name", "source", "note"])
def test_hostile_text_is_refused_with_a_sentence_in_every_field(
    draft: ChatSession, field: str, text: str
) -> None:
    good: dict[str, Any] = {"url": "https://a.example/", "title": "A", "source": "S", "note": "N"}
    changes: dict[str, dict[str, Any]] = {
        "title": {"title": text},
        "intro": {"intro": text},
        "question": {"questions": ["One?", text, "Three?"]},
        "link": {"articles": [[ArticleDraft(**{**good, "url": f"https://a.example/{text}"})]] * 3},
        "name": {"articles": [[ArticleDraft(**{**good, "title": text})]] * 3},
        "source": {"articles": [[ArticleDraft(**{**good, "source": text})]] * 3},
        "note": {"articles": [[ArticleDraft(**{**good, "note": text})]] * 3},
    }
    with pytest.raises(ValidationError) as refused:
        draft.prepare(BEFORE, **changes[field])
    assert all(message.endswith(".") for message in refused.value.messages)
    draft.refresh_from_db()
    assert draft.edition == 0, "nothing was written"


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_reasons_are_refused(draft: ChatSession, text: str) -> None:
    with pytest.raises(ValidationError):
        draft.call_off(BEFORE, text)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_markup_stays_text(draft: ChatSession) -> None:
    draft.prepare(BEFORE, title="<script>alert(1)</script>", intro="<img src=x onerror=alert(1)>")
    assert draft.title == "<script>alert(1)</script>"
    assert "<img" not in draft.intro_html


def test_a_topic_has_at_most_ten_articles(draft: ChatSession) -> None:
    drafts = [ArticleDraft(f"https://a.example/{n}", f"A {n}") for n in range(11)]
    draft.prepare(BEFORE, articles=[drafts[:10], [], []])
    with pytest.raises(NotAllowed, match="at most 10"):
        draft.prepare(BEFORE, articles=[drafts, [], []])


def test_calling_off_needs_a_reason(draft: ChatSession) -> None:
    with pytest.raises(NotAllowed, match="Give a reason"):
        draft.call_off(BEFORE, "  ")
    draft.call_off(BEFORE, " A holiday. ")
    assert (draft.status, draft.called_off_because) == ("cancelled", "A holiday.")


def test_a_move_keeps_the_slot_and_sets_the_day_in_the_zone_of_the_series(
    session: ChatSession,
) -> None:
    late = datetime(2026, 11, 27, 23, 30, 0, 123456, tzinfo=UTC)
    session.move(BEFORE, late)
    session.refresh_from_db()
    assert session.date is not None and session.slot is not None
    assert (session.date.isoformat(), session.slot.isoformat()) == ("2026-11-28", "2026-11-26")
    assert session.starts_at == late.replace(microsecond=123000)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (BEFORE - timedelta(days=1), "too_soon"),
        (BEFORE + timedelta(minutes=10), "too_soon"),
        (BEFORE + timedelta(days=366, milliseconds=1), "too_far"),
        (datetime.max.replace(tzinfo=UTC), "too_far"),
    ],
)
def test_a_session_moves_only_to_times_whose_lobby_is_still_to_open(
    session: ChatSession, to: datetime, code: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        session.move(BEFORE, to)
    assert refused.value.code == code


def test_a_session_moves_to_the_first_instant_whose_lobby_is_still_to_open(
    session: ChatSession,
) -> None:
    session.move(BEFORE, BEFORE + timedelta(minutes=10, milliseconds=1))
    assert session.lobby_opens_at == BEFORE + TICK


def test_a_second_session_on_one_day_is_refused(
    session: ChatSession, series: Series, curator: User
) -> None:
    make_session(series, curator, THURSDAY + timedelta(days=7))
    with pytest.raises(NotAllowed, match="already a session"):
        session.move(BEFORE, THURSDAY + timedelta(days=7, hours=3))
    session.refresh_from_db()
    assert session.starts_at == THURSDAY


@pytest.mark.parametrize("now", [BEFORE, LOBBY, THURSDAY, END, END + timedelta(days=400)])
def test_an_article_may_be_hidden_and_shown_at_any_time(
    session: ChatSession, now: datetime
) -> None:
    topic = session.topics.get(position=1)
    second = topic.articles.create(title="Second", url="https://second.example/")
    edition = session.edition
    second.hide(now)
    second.hide(now)
    assert Article.objects.get(pk=second.pk).hidden
    second.show(now)
    assert not Article.objects.get(pk=second.pk).hidden
    session.refresh_from_db()
    assert session.edition == edition + 2


def test_before_the_lobby_a_published_topic_keeps_an_article(session: ChatSession) -> None:
    only = session.topics.get(position=1).articles.get()
    with pytest.raises(NotAllowed, match="only article in topic 1"):
        only.hide(LOBBY - TICK)
    only.hide(LOBBY)
    assert Article.objects.get(pk=only.pk).hidden


@pytest.mark.parametrize(
    "broken",
    [
        lambda session: session.topics.create(position=4),
        lambda session: session.topics.create(position=0),
        lambda session: session.topics.create(position=1),
        lambda session: session.topics.first().articles.create(title="A", url="javascript:a"),
        lambda session: ChatSession.objects.filter(pk=session.pk).update(date=None),
        lambda session: ChatSession.objects.filter(pk=session.pk).update(published_at=None),
        lambda session: ChatSession.objects.filter(pk=session.pk).update(title=""),
    ],
    ids=["topic 4", "topic 0", "topic 1 twice", "javascript:", "date", "published", "title"],
)
def test_the_database_refuses_rows_that_no_verb_writes(
    session: ChatSession, broken: Callable[[ChatSession], object]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(session)
