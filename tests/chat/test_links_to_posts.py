"""A post's own address, and the list of people who reacted to it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from chat import reactors
from chat.models import Post, Reaction
from curation.clock import database_now
from curation.models import ChatSession, Series
from people.models import User
from tests.conftest import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(series: Series, curator: User) -> ChatSession:
    session = make_session(series, curator, database_now() - timedelta(minutes=5))
    Post.objects.create(
        session=session,
        topic=session.topics.get(position=1),
        seq=1,
        rev=1,
        taken_rev=1,
        author=curator,
        client_id=uuid4(),
        body="An idea",
        html="An idea",
        at=session.starts_at + timedelta(minutes=1),
    )
    return session


@pytest.fixture
def me(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactors, "questions", reactors.Questions())


def where(session: ChatSession, seq: int = 1) -> str:
    return f"/api/sessions/{session.pk}/posts/{seq}/reactions/"


def react(session: ChatSession, emoji: str, *people: User) -> None:
    post = Post.objects.get(session=session, seq=1)
    for person in people:
        Reaction.objects.create(post=post, person=person, emoji=emoji, at=session.starts_at)


def test_a_posts_address_leads_to_the_room_and_after_the_end_to_the_transcript(
    me: Client, running: ChatSession
) -> None:
    address = f"{running.get_absolute_url()}posts/20/"
    assert me.get(address)["Location"] == f"{running.room_url}#p20"
    ChatSession.objects.update(starts_at=database_now() - timedelta(minutes=30))
    assert me.get(address)["Location"] == f"{running.transcript_url}#p20"


def test_a_rehearsals_posts_have_addresses_too(me: Client, curator: User) -> None:
    rehearsal = make_session(None, curator, database_now())
    answer = me.get(f"{rehearsal.get_absolute_url()}posts/3/")
    assert answer["Location"] == f"{rehearsal.room_url}#p3"


def test_a_posts_address_survives_the_sign_in(client: Client, running: ChatSession) -> None:
    address = f"{running.get_absolute_url()}posts/20/"
    assert address in client.get(address)["Location"]
    assert client.get("/sessions/2001-01-04/posts/1/").status_code == 302


def test_a_day_without_a_session_has_no_posts(me: Client, running: ChatSession) -> None:
    assert me.get("/sessions/2001-01-04/posts/1/").status_code == 404


def test_reactors_are_listed_by_emoji_in_order(
    me: Client, running: ChatSession, dana: User, jonas: User, curator: User
) -> None:
    react(running, "\N{ELECTRIC LIGHT BULB}", jonas, dana)
    react(running, "\N{THUMBS UP SIGN}", curator)
    answer = me.get(where(running))
    assert answer.json() == {
        "seq": 1,
        "rev": 1,
        "reactions": {
            "\N{ELECTRIC LIGHT BULB}": {
                "count": 2,
                "people": [
                    {"id": jonas.pk, "name": jonas.name},
                    {"id": dana.pk, "name": dana.name},
                ],
            },
            "\N{THUMBS UP SIGN}": {
                "count": 1,
                "people": [{"id": curator.pk, "name": curator.name}],
            },
        },
    }
    assert "no-store" in answer["Cache-Control"]


def test_reactors_beyond_the_limit_are_counted_and_not_named(
    me: Client, running: ChatSession
) -> None:
    people = User.objects.bulk_create(
        User(email=f"{number}@example.com", name=f"Person {number}")
        for number in range(reactors.MOST_NAMES + 1)
    )
    react(running, "\N{THUMBS UP SIGN}", *people)
    [found] = me.get(where(running)).json()["reactions"].values()
    assert (found["count"], len(found["people"])) == (
        reactors.MOST_NAMES + 1,
        reactors.MOST_NAMES,
    )


def test_reactors_are_refused_without_access_to_the_post(
    client: Client, me: Client, running: ChatSession
) -> None:
    assert Client().get(where(running)).status_code == 401
    assert me.get(where(running, 2)).status_code == 404
    Post.objects.update(state="hidden")
    assert me.get(where(running)).status_code == 404
    Post.objects.update(state="shown")
    ChatSession.objects.update(published_at=None, status="draft")
    assert me.get(where(running)).status_code == 404
    assert me.post(where(running)).status_code == 405


def test_requests_for_reactors_are_limited_per_person(me: Client, running: ChatSession) -> None:
    for _ in range(reactors.QUESTIONS_AT_ONCE):
        assert me.get(where(running)).status_code == 200
    answers = [me.get(where(running)) for _ in range(20)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and re.search("Too many", refused[0].json()["reason"])


def test_the_memory_of_requests_for_reactors_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactors, "MOST_PEOPLE", 3)
    monkeypatch.setattr(reactors, "QUESTIONS", 1e9)
    questions = reactors.Questions()
    for person in range(20):
        assert questions.may_ask(person)
    assert len(questions.left) <= 4
