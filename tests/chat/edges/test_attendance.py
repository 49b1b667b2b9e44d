"""How people take part may change from the lobby to the end, and is fixed afterwards."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chat import attendance
from chat.attendance import Here
from chat.law import rules
from chat.law.commands import NewPost, Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store
from chat.ledger.store import Taken
from chat.models import Attendance
from chat.wire.protocol import instant
from curation.models import ChatSession
from people.models import User
from tests.conftest import THURSDAY, make_session

TICK = timedelta(milliseconds=1)
LOBBY, END = -timedelta(minutes=10), timedelta(minutes=30)
OUTSIDE = [
    (LOBBY - TICK, False, "not_started"),
    (-timedelta(days=3), False, "not_started"),
    (END, False, "closed"),
    (timedelta(days=300), False, "closed"),
    (timedelta(minutes=5), True, "cancelled"),
]


@pytest.fixture
def session(db: None, curator: User) -> ChatSession:
    return make_session(None, curator, THURSDAY)


@pytest.mark.parametrize("after", [LOBBY, timedelta(0), END - TICK])
def test_a_choice_is_accepted_from_the_lobby_to_the_end(after: timedelta) -> None:
    rules.accept_mode(THURSDAY, THURSDAY + after, cancelled=False)


@pytest.mark.parametrize(("after", "cancelled", "code"), OUTSIDE)
def test_a_choice_outside_the_hours_writes_nothing(
    session: ChatSession, dana: User, after: timedelta, cancelled: bool, code: str
) -> None:
    if cancelled:
        ChatSession.objects.update(status=ChatSession.Status.CANCELLED)
    with pytest.raises(Refused) as refused:
        choose(session, dana, after)
    assert refused.value.code == code
    assert refused.value.reason.endswith(".")
    assert not Attendance.objects.exists()


def test_a_closed_session_stays_closed_when_the_clock_is_set_back(
    session: ChatSession, dana: User
) -> None:
    ChatSession.objects.update(closed_at=THURSDAY + END)
    with pytest.raises(Refused, match="closed"):
        choose(session, dana, END - TICK)
    assert not Attendance.objects.exists()


def choose(
    session: ChatSession, person: User, after: timedelta, mode: str = "talking", named: bool = True
) -> Here:
    at = session.starts_at + after
    return attendance.choose_mode(session.pk, person.pk, mode, named=named, clock=lambda: at)


def post(session: ChatSession, person: User, after: timedelta) -> int:
    at = session.starts_at + after
    submission = Submission(person.pk, NewPost("Hello"), uuid4())
    [answer] = store.take(session.pk, [submission], Bounds(0, 100), lambda: at)
    assert isinstance(answer, Taken)
    return answer.seq


def test_a_person_who_returns_finds_their_choice(session: ChatSession, dana: User) -> None:
    assert attendance.read_attendance(session.pk, dana.pk) == Here("reading", False, "")
    chosen = choose(session, dana, LOBBY, "reading", named=True)
    assert chosen == Here("reading", True, instant(session.starts_at + LOBBY))
    assert attendance.read_attendance(session.pk, dana.pk) == chosen


def test_a_post_makes_its_author_talking_from_that_instant(
    session: ChatSession, dana: User
) -> None:
    choose(session, dana, timedelta(0), "reading", named=True)
    seq = post(session, dana, END - TICK)
    talks = Here("talking", True, instant(session.starts_at + END - TICK))
    assert attendance.mark_talking(session.pk, dana.pk, seq) == talks
    assert attendance.read_attendance(session.pk, dana.pk) == talks


def test_a_retried_post_does_not_undo_a_later_choice(session: ChatSession, dana: User) -> None:
    seq = post(session, dana, timedelta(minutes=1))
    attendance.mark_talking(session.pk, dana.pk, seq)
    reads = choose(session, dana, timedelta(minutes=2), "reading", named=False)
    assert attendance.mark_talking(session.pk, dana.pk, seq) == reads
    assert attendance.read_attendance(session.pk, dana.pk) == reads


@pytest.mark.parametrize("starts_in", [timedelta(minutes=12), -timedelta(minutes=31)])
def test_a_choice_goes_by_the_databases_clock(db: None, dana: User, starts_in: timedelta) -> None:
    session = make_session(None, None, datetime.now(UTC) + starts_in)
    with pytest.raises(Refused):
        attendance.choose_mode(session.pk, dana.pk, "talking", named=True)
