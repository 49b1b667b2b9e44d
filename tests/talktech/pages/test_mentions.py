"""Mentions are announced on This week and listed on the You page."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat.mentions import inbox
from chat.models import Mention, Post
from curation.clock import database_now
from curation.models import ChatSession, Series
from people.models import User
from tests.conftest import make_session
from tests.transcripts.conftest import Write, write

pytestmark = pytest.mark.django_db
__all__ = ["write"]


@pytest.fixture
def over(series: Series, curator: User) -> ChatSession:
    """A session two days ago."""
    return make_session(series, curator, database_now().replace(microsecond=0) - timedelta(days=2))


@pytest.fixture
def me(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def name(post: Post, person: User, *, seen: bool = False) -> Mention:
    return Mention.objects.create(post=post, person=person, seen=seen)


def page(client: Client, path: str = "/you/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_mention_is_listed_with_who_when_and_the_way_to_it(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    name(write(over, jonas, "\n@Dana Kowalski, did it?\nA second line.", 3), dana)
    part = page(me).split('id="mentions"')[1].split("</section>")[0]
    assert "Jonas Meyer" in part and "Learning in the flow of work" in part
    assert f'href="{over.transcript_url}#p1"' in part
    assert ">@Dana Kowalski, did it?</a>" in part and "A second line" not in part
    assert '<time datetime="' in part


def test_new_mentions_are_marked_once(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    old = name(write(over, jonas, "@Dana Kowalski, once", 3), dana, seen=True)
    new = name(write(over, jonas, "@Dana Kowalski, twice", 4), dana)
    assert "You were mentioned in 1 post<" in page(me, "/")
    html = page(me)
    assert html.count('class="new"') == 1
    assert html.index(", twice") < html.index(", once")
    for mention in (old, new):
        mention.refresh_from_db()
        assert mention.seen
    assert 'class="new"' not in page(me) and "twice" in page(me)
    assert "You were mentioned" not in page(me, "/")


def test_a_mention_during_rendering_is_shown_on_the_next_visit(
    over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    name(write(over, jonas, "@Dana Kowalski, once", 3), dana)
    _, last = inbox.latest_mentions(dana, database_now())
    name(write(over, jonas, "@Dana Kowalski, twice", 4), dana)
    inbox.mark_seen(dana, last)
    assert inbox.count_unseen(dana) == 1


def test_a_mention_in_a_running_session_links_to_the_room(
    me: Client, series: Series, curator: User, dana: User, jonas: User, write: Write
) -> None:
    running = make_session(series, curator, database_now() - timedelta(minutes=5))
    name(write(running, jonas, "@Dana Kowalski, come in", 3), dana)
    assert f'href="{running.room_url}#p1"' in page(me)


@pytest.mark.parametrize("state", [Post.State.HIDDEN, Post.State.REMOVED])
def test_hidden_and_removed_posts_are_left_out(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write, state: str
) -> None:
    name(write(over, jonas, "@Dana Kowalski, a secret", 3, state=state), dana)
    assert "You were mentioned" not in page(me, "/")
    assert "secret" not in page(me) and 'id="mentions"' not in page(me)


def test_other_peoples_and_ones_own_mentions_are_not_listed(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    name(write(over, dana, "@Dana Kowalski is me", 3), dana)
    name(write(over, dana, "@Jonas Meyer, and you?", 4), jonas)
    assert "You were mentioned" not in page(me, "/") and 'id="mentions"' not in page(me)
    page(me)
    assert inbox.count_unseen(jonas) == 1


def test_the_latest_twenty_are_listed_and_older_ones_count_as_seen(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    for number in range(21):
        name(write(over, jonas, f"@Dana Kowalski number {number}.", number), dana)
    assert "You were mentioned in 21 posts<" in page(me, "/")
    html = page(me)
    assert html.count('class="new"') == 20
    assert "number 20." in html and "number 0." not in html
    assert inbox.count_unseen(dana) == 0


@pytest.mark.parametrize(("length", "shown"), [(140, 140), (141, 140)])
def test_a_long_line_is_cut(length: int, shown: int) -> None:
    line = inbox.first_line("x" * length)
    assert len(line) == shown and line.endswith("…") is (length > 140)


def test_markup_in_a_mention_stays_text(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    evil = "<script>alert(1)</script>"
    ChatSession.objects.filter(pk=over.pk).update(title=evil)
    name(write(over, jonas, evil, 3), dana)
    assert "<script>alert(1)" not in page(me)


def test_an_error_in_the_form_does_not_hide_the_list(
    me: Client, over: ChatSession, dana: User, jonas: User, write: Write
) -> None:
    name(write(over, jonas, "@Dana Kowalski, hello", 3), dana)
    assert "hello" in me.post("/you/", {"name": ""}).content.decode()


def test_the_list_takes_a_handful_of_queries(
    me: Client,
    over: ChatSession,
    dana: User,
    jonas: User,
    write: Write,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(15):
        name(write(over, jonas, f"@Dana Kowalski {number}", number), dana)
    with django_assert_max_num_queries(10):
        page(me)
