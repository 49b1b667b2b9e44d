"""A person who loses the curator's role loses its rights, during a session and after it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from chat import hosting
from chat.law import roles
from chat.law.commands import Hide, NewPost, Pin, Submission
from chat.law.rules import Bounds, Refused
from chat.law.sign_ins import SignedOut
from chat.ledger import store
from chat.ledger.store import Answer
from chat.models import Chair, Silence
from curation.law import agenda
from curation.models import ChatSession, Prompt
from curation.rota.curators import make_curator
from people.models import User
from tests.conftest import make_session

MANY = Bounds(posts_per_window=10_000, session_posts=100_000)
CURATOR, CHAIR, OTHER = 1, 2, 3


@pytest.mark.parametrize(
    ("crew", "is_over", "hosts", "moderators"),
    [
        ({CURATOR, CHAIR, OTHER}, False, {CURATOR, CHAIR}, {CURATOR, CHAIR}),
        ({CHAIR, OTHER}, False, {CHAIR}, {CHAIR}),
        ({CURATOR, OTHER}, False, {CURATOR}, {CURATOR}),
        (set(), False, set(), set()),
        ({CURATOR, CHAIR, OTHER}, True, {CURATOR}, {CURATOR, CHAIR, OTHER}),
        ({CHAIR, OTHER}, True, set(), {CHAIR, OTHER}),
    ],
)
def test_rights_follow_from_todays_roles(
    crew: set[int], is_over: bool, hosts: set[int], moderators: set[int]
) -> None:
    assert roles.hosts(crew, CURATOR, {CHAIR}, is_over=is_over) == hosts
    assert roles.moderators(crew, CURATOR, {CHAIR}, is_over=is_over) == moderators


def test_a_session_without_a_curator_has_no_host() -> None:
    assert roles.hosts({CHAIR}, None, (), is_over=False) == set()


@pytest.fixture
def running(db: None, curator: User, dana: User) -> ChatSession:
    """Priya's rehearsal in its first topic, with a post of Dana's and a prompt."""
    session = make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))
    session.topics.get(position=3).prompts.create(minute=1, body="And?")
    take(session, Submission(dana.pk, NewPost("Something"), uuid4()))
    return session


@pytest.fixture
def over(running: ChatSession) -> ChatSession:
    """The same a day later."""
    move(running, -timedelta(days=1))
    return running


def move(session: ChatSession, by: timedelta) -> None:
    session.starts_at += by
    ChatSession.objects.filter(pk=session.pk).update(starts_at=session.starts_at)


def take(session: ChatSession, submission: Submission) -> Answer:
    [answer] = store.take(session.pk, [submission], MANY)
    return answer


def code(act: Callable[[], object]) -> str:
    """Of a refusal; "" where it is done."""
    try:
        answer = act()
    except Refused as refused:
        return refused.code
    return answer.code if isinstance(answer, Refused) else ""


def acts(session: ChatSession, by: User, on: User) -> list[Callable[[], object]]:
    """All that only a host may do."""
    prompt = Prompt.objects.get().pk
    return [
        lambda: hosting.silence(session.pk, by.pk, on.pk, on=True),
        lambda: hosting.hold_prompt(session.pk, by.pk, prompt, hold=True),
        lambda: take(session, Submission(by.pk, Pin(1, True))),
        lambda: take(session, Submission(by.pk, Hide(1, "A reason"))),
    ]


def lose_the_role(person: User) -> None:
    person.groups.clear()


def lose_the_sign_in(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def test_a_host_may_do_all_of_it(running: ChatSession, curator: User, jonas: User) -> None:
    assert [code(act) for act in acts(running, curator, jonas)] == [""] * 4


def test_a_curator_without_the_role_hosts_no_more(
    running: ChatSession, curator: User, jonas: User
) -> None:
    lose_the_role(curator)
    assert [code(act) for act in acts(running, curator, jonas)] == ["not_host"] * 4
    assert not Silence.objects.exists()
    make_curator(curator)
    assert [code(act) for act in acts(running, curator, jonas)] == [""] * 4


def test_a_person_who_took_the_chair_hosts_while_they_have_the_role(
    running: ChatSession, jonas: User, dana: User
) -> None:
    make_curator(jonas)
    hosting.take_chair(running.pk, jonas.pk, here=[])
    lose_the_role(jonas)
    assert [code(act) for act in acts(running, jonas, dana)] == ["not_host"] * 4
    make_curator(jonas)
    hosting.take_chair(running.pk, jonas.pk, here=[])
    assert [code(act) for act in acts(running, jonas, dana)] == [""] * 4
    assert Chair.objects.count() == 1


def test_a_curator_without_the_role_can_be_muted_and_replaced(
    running: ChatSession, curator: User, admin_user: User
) -> None:
    take_it = lambda: hosting.take_chair(running.pk, admin_user.pk, [curator.pk])  # noqa: E731
    assert code(take_it) == "not_host"
    lose_the_role(curator)
    assert code(take_it) == ""
    hosting.silence(running.pk, admin_user.pk, curator.pk, on=True)
    assert Silence.objects.get().person == curator


def test_a_chair_ends_with_the_session(running: ChatSession, jonas: User, dana: User) -> None:
    make_curator(jonas)
    hosting.take_chair(running.pk, jonas.pk, here=[])
    move(running, -agenda.LENGTH)
    mute, hold, pin, hide = (code(act) for act in acts(running, jonas, dana))
    assert (mute, hold, pin, hide) == ("not_host", "not_host", "closed", "")
    make_curator(dana)
    with pytest.raises(Refused, match="closed"):
        hosting.take_chair(running.pk, dana.pk, here=[])


def test_after_the_end_those_who_have_the_role_hide_and_nobody_else(
    over: ChatSession, curator: User, dana: User, jonas: User, admin_user: User
) -> None:
    lose_the_role(curator)
    lose_the_sign_in(admin_user)
    for person in (curator, dana, jonas):
        assert code(partial(take, over, Submission(person.pk, Hide(1, "No reason")))) == "not_host"
    assert isinstance(take(over, Submission(admin_user.pk, Hide(1, "No sign-in"))), SignedOut)
    make_curator(jonas)
    assert code(partial(take, over, Submission(jonas.pk, Hide(1, "A client’s name")))) == ""
