"""Prompts are posted once, at their minute, unless held back, too late, or the room is busy."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from chat import hosting, prompts
from chat.law.commands import NewPost, Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store
from chat.models import Chair, Post
from curation.models import ChatSession, Prompt
from curation.rota.curators import make_curator
from people.models import User
from talktech import conductor
from tests.conftest import make_session

MANY = Bounds(posts_per_window=10_000, session_posts=100_000)


@pytest.fixture
def session(db: None, curator: User) -> ChatSession:
    """A rehearsal that Priya hosts, with a prompt for minute 4 of its second topic."""
    session = make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))
    session.topics.get(position=2).prompts.create(minute=4, body="And *why*?")
    return session


def at(session: ChatSession, minutes: float) -> datetime:
    return session.starts_at + timedelta(minutes=minutes)


def post_what_is_due(session: ChatSession, minutes: float) -> list[bool]:
    now = at(session, minutes)
    return [prompts.post_prompt(*place, lambda: now) for place in prompts.due_prompts(now)]


@pytest.mark.parametrize(
    ("minutes", "posted"),
    [
        (13.999, []),
        (14, [True]),
        (14.9, [True]),
        (15, []),  # a minute late
        (24, []),
        (-1, []),
        (31, []),
    ],
)
def test_a_prompt_is_posted_at_its_minute_and_dropped_a_minute_later(
    session: ChatSession, curator: User, minutes: float, posted: list[bool]
) -> None:
    assert post_what_is_due(session, minutes) == posted
    found = Post.objects.values_list("author", "body", "topic__position", "from_prompt", "at")
    expected = [(curator.pk, "And *why*?", 2, True, at(session, minutes))] if posted else []
    assert list(found) == expected


def test_a_curator_who_lost_the_role_posts_no_prompt_until_they_have_it_again(
    session: ChatSession, curator: User
) -> None:
    curator.groups.clear()
    assert post_what_is_due(session, 14) == [False]
    assert not Post.objects.exists()
    make_curator(curator)
    assert post_what_is_due(session, 14.5) == [True]


def test_a_prompt_is_posted_once_however_often_it_is_due(session: ChatSession) -> None:
    assert post_what_is_due(session, 14) == [True]
    assert post_what_is_due(session, 14) == []
    [prompt] = Prompt.objects.all()
    now = at(session, 14.2)
    assert not prompts.post_prompt(session.pk, prompt.pk, lambda: now)
    assert Post.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_processes_post_a_prompt_once(transactional_db: None, curator: User) -> None:
    session = make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))
    prompt = session.topics.get(position=1).prompts.create(minute=5, body="Together")

    def post(_: int) -> bool:
        try:
            return prompts.post_prompt(session.pk, prompt.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(post, range(8))) == [False] * 7 + [True]
    assert Post.objects.count() == 1


def test_a_prompt_of_the_last_minute_is_dropped_when_its_topic_is_over(
    session: ChatSession,
) -> None:
    session.topics.get(position=1).prompts.create(minute=9, body="Last")
    assert post_what_is_due(session, 10) == []
    assert post_what_is_due(session, 9.9) == [True]


@pytest.mark.parametrize(("seconds_ago", "posted"), [(89, [False]), (90, [True])])
def test_a_prompt_for_a_quiet_room_waits_for_ninety_seconds_of_quiet(
    session: ChatSession, dana: User, seconds_ago: int, posted: list[bool]
) -> None:
    Prompt.objects.update(if_quiet=True)
    said = at(session, 14) - timedelta(seconds=seconds_ago)
    store.take(session.pk, [Submission(dana.pk, NewPost("Hm"), uuid4())], MANY, lambda: said)
    assert post_what_is_due(session, 14) == posted
    assert post_what_is_due(session, 14.5) == ([] if posted == [True] else [True])


def test_the_host_keeps_a_prompt_back_and_lets_it_go_again(
    session: ChatSession, curator: User, dana: User
) -> None:
    [prompt] = Prompt.objects.all()
    with pytest.raises(Refused, match="not_host"):
        hosting.hold_prompt(session.pk, dana.pk, prompt.pk, hold=True)
    hosting.hold_prompt(session.pk, curator.pk, prompt.pk, hold=True)
    assert post_what_is_due(session, 14) == []
    [fact] = hosting.read_hosting(session.pk).prompts
    assert [fact.state(at(session, minutes)) for minutes in (14, 15)] == ["held", "dropped"]
    hosting.hold_prompt(session.pk, curator.pk, prompt.pk, hold=False)
    assert post_what_is_due(session, 14.5) == [True]
    with pytest.raises(Refused, match="not_found"):
        hosting.hold_prompt(session.pk, curator.pk, prompt.pk, hold=True)
    [fact] = hosting.read_hosting(session.pk).prompts
    assert fact.state(at(session, 20)) == "posted"


def test_a_prompt_of_another_session_can_not_be_held(session: ChatSession, curator: User) -> None:
    other = make_session(None, curator, session.starts_at)
    elsewhere = other.topics.get(position=1).prompts.create(minute=1, body="Elsewhere")
    with pytest.raises(Refused, match="not_found"):
        hosting.hold_prompt(session.pk, curator.pk, elsewhere.pk, hold=True)


def test_a_cancelled_session_posts_no_prompt(session: ChatSession) -> None:
    ChatSession.objects.update(status=ChatSession.Status.CANCELLED)
    assert post_what_is_due(session, 14) == []


def test_the_conductor_posts_what_is_due(session: ChatSession) -> None:
    now = datetime.now(UTC)
    minute = (now - session.starts_at) // timedelta(minutes=1)
    prompt = session.topics.get(position=1).prompts.create(minute=minute, body="Now")
    assert conductor.run_once(now) == [f"Posted prompt {prompt.pk} of session {session.pk}."]
    assert conductor.run_once(now) == []


def test_the_chair_is_free_only_while_the_curator_is_away(
    session: ChatSession, curator: User, jonas: User, admin_user: User
) -> None:
    with pytest.raises(Refused, match="not_host"):
        hosting.take_chair(session.pk, jonas.pk, here=[])
    with pytest.raises(Refused, match="not_host"):
        hosting.take_chair(session.pk, admin_user.pk, here=[curator.pk])
    hosting.take_chair(session.pk, admin_user.pk, here=[jonas.pk])
    hosting.take_chair(session.pk, admin_user.pk, here=[curator.pk])
    assert [chair.person for chair in Chair.objects.all()] == [admin_user]


def test_a_persons_post_under_a_prompts_id_is_not_the_prompt(
    session: ChatSession, curator: User, dana: User
) -> None:
    """Neither from another person nor from the curator whose prompt it is."""
    [prompt] = Prompt.objects.all()
    now = at(session, 13)
    for person in (dana, curator):
        submission = Submission(person.pk, NewPost("Taken"), prompt.client_id)
        [answer] = store.take(session.pk, [submission], MANY, lambda: now)
        assert isinstance(answer, store.Taken)
    [fact] = prompts.read_prompts(session.pk)
    assert fact.state(at(session, 14)) == "waiting"
    hosting.hold_prompt(session.pk, curator.pk, prompt.pk, hold=True)
    assert post_what_is_due(session, 14) == []


def test_a_prompts_id_can_not_be_predicted(session: ChatSession) -> None:
    topic = session.topics.get(position=3)
    made = [topic.prompts.create(minute=1, body="Why?").client_id for _ in range(3)]
    assert len(set(made)) == 3
    assert {id.version for id in made} == {4}
