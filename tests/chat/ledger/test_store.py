"""The only writer of posts: order, instant, topic, once per client id."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chat import attendance, hosting
from chat.law.commands import Edit, Hide, NewPost, Pin, React, Remove, Submission
from chat.law.rules import Bounds, Refused
from chat.law.sign_ins import SignedOut, SignIn, fingerprint
from chat.ledger import post_statements, store
from chat.ledger.store import Answer, Taken
from chat.models import Attendance, Chair, Post
from curation.clock import database_now
from curation.models import ChatSession
from curation.rota.curators import make_curator
from people.models import User
from tests.conftest import make_session

MANY = Bounds(posts_per_window=10_000, session_posts=100_000)


@pytest.fixture
def running(db: None, dana: User) -> ChatSession:
    """A rehearsal whose first topic runs."""
    return make_session(None, None, datetime.now(UTC) - timedelta(minutes=5))


def say(
    person: User, body: str = "Hello", client_id: UUID | None = None, reply_to: int | None = None
) -> Submission:
    return Submission(person.pk, NewPost(body, reply_to=reply_to), client_id or uuid4())


def take(
    session: ChatSession,
    *submissions: Submission,
    limits: Bounds = MANY,
    at: datetime | None = None,
) -> list[Answer]:
    clock = database_now if at is None else lambda: at
    return store.take(session.pk, submissions, limits, clock)


def test_posts_are_numbered_in_the_order_in_which_they_came(
    running: ChatSession, dana: User, jonas: User
) -> None:
    assert take(running, say(dana, "one"), say(jonas, "two")) == [Taken(1, 1), Taken(2, 2)]
    assert take(running, say(dana, "three")) == [Taken(3, 3)]
    posts = Post.objects.filter(session=running).order_by("seq")
    assert [post.body for post in posts] == ["one", "two", "three"]
    running.refresh_from_db()
    assert (running.last_seq, running.revision) == (3, 3)


def test_the_same_id_is_one_post_for_ever(running: ChatSession, dana: User, jonas: User) -> None:
    first = say(dana, "one")
    [taken] = take(running, first)
    again = say(dana, "another body", first.client_id)
    assert take(running, again) == [taken]
    ChatSession.objects.filter(pk=running.pk).update(
        starts_at=running.starts_at - timedelta(days=1)
    )
    assert take(running, again) == [taken]
    [late] = take(running, say(dana, "late"))
    assert isinstance(late, Refused)
    assert late.code == "closed"
    assert [post.body for post in Post.objects.filter(session=running)] == ["one"]


def test_the_same_id_twice_in_a_batch_is_one_post(running: ChatSession, dana: User) -> None:
    first = say(dana, "one")
    assert take(running, first, say(dana, "one", first.client_id)) == [Taken(1, 1), Taken(1, 1)]


def test_two_people_may_use_the_same_id(running: ChatSession, dana: User, jonas: User) -> None:
    shared = uuid4()
    answers = take(running, say(dana, "one", shared), say(jonas, "two", shared))
    assert answers == [Taken(1, 1), Taken(2, 2)]


def test_a_refused_id_is_not_remembered(running: ChatSession, dana: User) -> None:
    submission = say(dana, "")
    [refused] = take(running, submission)
    assert isinstance(refused, Refused)
    assert take(running, say(dana, "now with text", submission.client_id)) == [Taken(1, 1)]


def test_one_refusal_spoils_nobody_elses_post(
    running: ChatSession, dana: User, jonas: User
) -> None:
    answers = take(running, say(dana, "one"), say(jonas, "x" * 2001), say(jonas, "two"))
    assert answers[0] == Taken(1, 1)
    assert isinstance(answers[1], Refused)
    assert answers[2] == Taken(2, 2)


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(-0.001, "not_started"), (0, 1), (599.999, 1), (600, 2), (1200, 3), (1799.999, 3),
     (1800, "closed")],
)  # fmt: skip
def test_the_instant_decides_the_topic(
    running: ChatSession,
    dana: User,
    seconds: float,
    outcome: int | str,
) -> None:
    at = running.starts_at + timedelta(seconds=seconds)
    [answer] = take(running, say(dana), at=at)
    if isinstance(outcome, str):
        assert isinstance(answer, Refused)
        assert answer.code == outcome
        assert not Post.objects.exists()
    else:
        post = Post.objects.select_related("topic").get()
        assert (post.topic.position, post.at) == (outcome, at)


def test_instants_never_decrease_though_the_clock_steps_back(
    running: ChatSession, dana: User
) -> None:
    later = running.starts_at + timedelta(minutes=10)
    take(running, say(dana, "one"), at=later)
    take(running, say(dana, "two"), at=later - timedelta(seconds=90))
    first, second = Post.objects.order_by("seq").select_related("topic")
    assert first.at == second.at == later
    assert second.topic.position == 2


def test_ten_posts_in_twenty_seconds_and_no_more(running: ChatSession, dana: User) -> None:
    limits = Bounds(posts_per_window=10, session_posts=100)
    answers = take(running, *(say(dana, str(n)) for n in range(11)), limits=limits)
    assert all(isinstance(answer, Taken) for answer in answers[:10])
    assert isinstance(answers[10], Refused)
    assert answers[10].code == "too_fast"
    assert answers[10].retry_after


def test_a_deactivated_person_is_signed_out(running: ChatSession, dana: User) -> None:
    User.objects.filter(pk=dana.pk).update(is_active=False)
    [answer] = take(running, say(dana))
    assert isinstance(answer, SignedOut)


def test_a_session_that_is_called_off_takes_nothing(running: ChatSession, dana: User) -> None:
    ChatSession.objects.filter(pk=running.pk).update(status="cancelled")
    [answer] = take(running, say(dana))
    assert isinstance(answer, Refused)
    assert answer.code == "cancelled"


def test_a_reply_points_to_its_post(running: ChatSession, dana: User) -> None:
    take(running, say(dana, "one"))
    [reply, nowhere] = take(running, say(dana, "two", reply_to=1), say(dana, "x", reply_to=9))
    assert reply == Taken(2, 2)
    assert isinstance(nowhere, Refused)
    assert nowhere.code == "not_found"
    assert Post.objects.get(seq=2).reply_to == Post.objects.get(seq=1)


def test_html_is_safe_and_the_body_is_kept(running: ChatSession, dana: User) -> None:
    hostile = '<script>alert(1)</script> javascript:alert(1) "><img src=x onerror=alert(1)>'
    take(running, say(dana, hostile))
    post = Post.objects.get()
    assert post.body == hostile
    assert "<script" not in post.html
    assert "<img" not in post.html


def test_marks_and_names_of_emoji_are_in_the_html_and_the_body_is_as_typed(
    running: ChatSession, dana: User
) -> None:
    take(running, say(dana, "*So* :tada: 2*3*4"))
    post = Post.objects.get()
    assert (post.body, post.html) == (
        "*So* :tada: 2*3*4",
        "<em>So</em> \N{PARTY POPPER} 2*3*4",
    )


@pytest.mark.django_db(transaction=True)
def test_writers_in_many_threads_agree_on_one_dense_order(transactional_db: None) -> None:
    people = [User.objects.create_user(f"p{n}@example.com", name=f"P {n}") for n in "abcd"]
    session = make_session(None, None, datetime.now(UTC) - timedelta(minutes=5))

    def write(person: User) -> None:
        try:
            for n in range(10):
                take(session, say(person, f"{person.pk} {n}"), say(person, f"{person.pk} {n}b"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, people))
    posts = list(Post.objects.filter(session=session).order_by("seq"))
    assert [post.seq for post in posts] == list(range(1, 81))
    assert [post.rev for post in posts] == list(range(1, 81))
    assert [post.at for post in posts] == sorted(post.at for post in posts)
    for person in people:
        own = [post.body for post in posts if post.author_id == person.pk]
        assert own == [f"{person.pk} {n}{half}" for n in range(10) for half in ("", "b")]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 300),  # seconds that pass
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(0, 5), st.sampled_from(["", "a", "b" * 2001])),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=12,
)


@examples(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_ledger_does_what_a_simple_model_does(
    running: ChatSession, dana: User, jonas: User, steps: list[Any]
) -> None:
    Post.objects.all().delete()
    ChatSession.objects.filter(pk=running.pk).update(last_seq=0, revision=0)
    people, ids = [dana, jonas], [uuid4() for _ in range(6)]
    model: dict[tuple[int, int], int] = {}
    now = running.starts_at - timedelta(minutes=10)
    for seconds, batch in steps:
        now += timedelta(seconds=seconds)
        answers = take(
            running, *(say(people[who], body, ids[id]) for who, id, body in batch), at=now
        )
        for (who, id, body), answer in zip(batch, answers, strict=True):
            minutes = (now - running.starts_at) / timedelta(minutes=1)
            if (who, id) in model:
                assert answer == Taken(model[who, id], model[who, id])
            elif 0 <= minutes < 30 and body == "a":
                model[who, id] = len(model) + 1
                assert answer == Taken(model[who, id], model[who, id])
            else:
                assert isinstance(answer, Refused)
    assert Post.objects.filter(session=running).count() == len(model)


@pytest.mark.django_db(transaction=True)
def test_an_id_is_found_by_its_index_in_a_session_that_the_database_has_not_counted_yet(
    dana: User, curator: User
) -> None:
    """The planner believed of a new session that it was empty, and read all of it for each id."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    sessions = [make_session(None, curator, now) for _ in range(4)]
    for session in sessions[:-1]:
        take(session, *(say(dana) for _ in range(400)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    new = sessions[-1]
    take(new, *(say(dana) for _ in range(400)))
    statement, values = post_statements.known_statement(
        new.pk, [(dana.pk, uuid4()), (dana.pk, uuid4())]
    )
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}", values)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    index = "one_post_per_client_id" if connection.vendor == "postgresql" else "client_id=?"
    assert index in plan, plan


@pytest.fixture
def sign_in(dana: User, running: ChatSession) -> SignIn:
    """Dana's, by a browser session that lasts for a day."""
    browser = SessionStore()
    browser.set_expiry(timedelta(days=1))
    browser.create()
    return SignIn(str(browser.session_key), dana.pk, fingerprint(dana.password))


def signs_out(sign_in: SignIn) -> None:
    SessionStore(sign_in.key).flush()


def expires(sign_in: SignIn) -> None:
    Session.objects.update(expire_date=database_now())


def has_another_password(sign_in: SignIn) -> None:
    User.objects.filter(pk=sign_in.person_id).update(password="another")


def may_not_sign_in(sign_in: SignIn) -> None:
    User.objects.filter(pk=sign_in.person_id).update(is_active=False)


ENDS = [signs_out, expires, has_another_password, may_not_sign_in]


@pytest.mark.parametrize("end", ENDS)
def test_what_is_asked_by_a_sign_in_that_has_ended_is_not_done(
    running: ChatSession, dana: User, jonas: User, sign_in: SignIn, end: Callable[[SignIn], None]
) -> None:
    first = Submission(dana.pk, NewPost("Here"), uuid4(), sign_in=sign_in)
    react = Submission(dana.pk, React(1, "💡", True), sign_in=sign_in)
    assert [*take(running, first), *take(running, react)] == [Taken(1, 1), Taken(1, 2)]
    end(sign_in)
    submissions: list[Submission] = [
        Submission(dana.pk, NewPost("Still here"), uuid4(), sign_in=sign_in),
        Submission(dana.pk, Edit(1, "Other words"), sign_in=sign_in),
        Submission(dana.pk, React(1, "💡", False), sign_in=sign_in),
        Submission(dana.pk, Remove(1), sign_in=sign_in),
        Submission(dana.pk, Hide(1, "No reason"), sign_in=sign_in),
        Submission(dana.pk, Pin(1, True), sign_in=sign_in),
        Submission(jonas.pk, NewPost("Somebody else"), uuid4()),
    ]
    *refused, other = take(running, *submissions)
    assert [type(answer) for answer in refused] == [SignedOut] * 6
    assert other == Taken(2, 3)
    assert list(Post.objects.values_list("body", "state")) == [
        ("Here", "shown"),
        ("Somebody else", "shown"),
    ]


@pytest.mark.parametrize("end", ENDS)
def test_what_a_host_and_a_reader_ask_by_a_sign_in_that_has_ended_is_not_done(
    running: ChatSession, dana: User, jonas: User, sign_in: SignIn, end: Callable[[SignIn], None]
) -> None:
    make_curator(dana)
    end(sign_in)
    asked: list[Callable[[], object]] = [
        lambda: hosting.take_chair(running.pk, dana.pk, [], sign_in=sign_in),
        lambda: hosting.silence(running.pk, dana.pk, jonas.pk, on=True, sign_in=sign_in),
        lambda: hosting.hold_prompt(running.pk, dana.pk, 1, hold=True, sign_in=sign_in),
        lambda: attendance.choose_mode(running.pk, dana.pk, "talking", named=True, sign_in=sign_in),
    ]
    for ask in asked:
        with pytest.raises(SignedOut):
            ask()
    assert not Chair.objects.exists()
    assert not Attendance.objects.exists()


def test_one_of_two_sign_ins_of_a_person_may_have_ended(
    running: ChatSession, dana: User, sign_in: SignIn
) -> None:
    other = sign_in._replace(key="gone")
    answers = take(
        running,
        Submission(dana.pk, NewPost("By this one"), uuid4(), sign_in=sign_in),
        Submission(dana.pk, NewPost("By the other"), uuid4(), sign_in=other),
    )
    assert answers[0] == Taken(1, 1)
    assert isinstance(answers[1], SignedOut)


def test_a_sign_in_costs_a_batch_no_statement(
    running: ChatSession, dana: User, sign_in: SignIn
) -> None:
    def count(sign_in: SignIn | None) -> int:
        with CaptureQueriesContext(connection) as queries:
            take(running, Submission(dana.pk, NewPost("Hello"), uuid4(), sign_in=sign_in))
        return len(queries)

    assert count(sign_in) == count(None)


def test_a_clock_that_was_ahead_for_a_moment_slows_nobody_down_afterwards(
    running: ChatSession, dana: User, jonas: User
) -> None:
    now = running.starts_at + timedelta(minutes=5)
    pace = Bounds(posts_per_window=2, session_posts=100, changes_per_window=1)
    take(running, say(jonas), at=now + timedelta(minutes=4))
    for seconds in (0, 30, 60):
        at = now + timedelta(seconds=seconds)
        posts = take(running, say(dana), say(dana), say(dana), limits=pace, at=at)
        change = take(
            running, Submission(dana.pk, React(1, "💡", seconds != 30)), limits=pace, at=at
        )
        assert all(isinstance(answer, Taken) for answer in [*posts, *change])
    # Once the clock has recovered, the limit applies as before.
    later = now + timedelta(minutes=4, seconds=30)
    answers = take(running, say(dana), say(dana), say(dana), limits=pace, at=later)
    assert [getattr(answer, "code", "") for answer in answers] == ["", "", "too_fast"]
