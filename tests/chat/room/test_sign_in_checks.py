"""Sign-ins are checked many at a time, and immediately when one may have ended."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError

from chat.attendance import Here
from chat.edges.participant import Participant
from chat.edges.person_limits import PersonLimits
from chat.law.commands import Edit, Hide, NewPost, Pin, React, Remove, Submission
from chat.law.sign_ins import SignIn, fingerprint
from chat.models import Attendance, Chair, Post, PostVersion, Reaction
from chat.models import Silence as SilenceRow
from chat.room import reader, sign_in_checks
from chat.room.connection import Admission
from chat.room.hub import Hub, hub, sign_ins_changed
from chat.wire.close_codes import SIGNED_OUT
from chat.wire.frames import Frame
from chat.wire.protocol import ChooseMode, CommandFrame, HoldPrompt, Silence, TakeChair
from curation.models import ChatSession
from people.models import User
from tests.conftest import make_session

QUESTIONS = 3  # enough for all that arrive while the first is under way


@dataclass(eq=False)
class Tab:
    """A connection that notes when it is sent away."""

    admission: Admission
    gone: asyncio.Future[int] = field(default_factory=lambda: asyncio.Future())

    def send_frame(self, frame: Frame) -> None:
        """Nothing is read here."""

    def send_text(self, text: str, *, is_history: bool = False) -> None:
        """Nothing is read here."""

    def send_away(self, code: int) -> None:
        if not self.gone.done():
            self.gone.set_result(code)


@pytest.fixture
def session(transactional_db: None, curator: User) -> ChatSession:
    """One that other threads can read."""
    return make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def sign_in(session: ChatSession, dana: User) -> SignIn:
    return sign_in_of(dana)


def sign_in_of(person: User) -> SignIn:
    browser = SessionStore()
    browser.create()
    return SignIn(str(browser.session_key), person.pk, fingerprint(person.password))


@pytest.fixture
def no_regular_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the regular check from running within this test."""
    monkeypatch.setattr(sign_in_checks, "CHECK_EVERY", 3600.0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[set[SignIn]]:
    """The sign-ins in each question to the database."""
    asked: list[set[SignIn]] = []
    ended = sign_in_checks.ended

    def note(sign_ins: Any) -> set[SignIn]:
        asked.append(set(sign_ins))
        return ended(sign_ins)

    monkeypatch.setattr(sign_in_checks, "ended", note)
    return asked


async def enter(ours: Hub, session: ChatSession, sign_in: SignIn) -> Tab:
    facts = await ours.reader.run(reader.read_facts, session.pk)
    assert facts is not None
    person = {"id": sign_in.person_id, "name": "Somebody", "team": None, "host": False}
    tab = Tab(Admission(sign_in.person_id, person, Here(), facts, sign_in))
    ours.enter(tab)
    return tab


async def test_a_thousand_sign_ins_at_once_cost_a_few_questions(
    sign_in: SignIn, asked: list[set[SignIn]]
) -> None:
    ours = hub()
    strangers = [sign_in._replace(key=f"{n:032}") for n in range(1000)]
    answers = await asyncio.gather(*(ours.sign_ins.holds(one) for one in [*strangers, sign_in]))
    await ours.stop()
    assert answers == [False] * 1000 + [True]
    assert len(asked) <= QUESTIONS
    assert set().union(*asked) == {*strangers, sign_in}


async def test_a_client_that_hangs_up_cancels_no_other_clients_answer(sign_in: SignIn) -> None:
    ours = hub()
    waits = [asyncio.create_task(ours.sign_ins.holds(sign_in)) for _ in range(3)]
    await asyncio.sleep(0)
    waits[0].cancel()
    assert await asyncio.gather(*waits[1:]) == [True, True]
    await ours.stop()


async def test_a_check_raises_the_fault_while_the_database_is_away(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(sign_ins: Any) -> set[SignIn]:
        raise OperationalError("away")

    ours = hub()
    with monkeypatch.context() as away:
        away.setattr(sign_in_checks, "ended", fail)
        waits = [ours.sign_ins.holds(one) for one in (sign_in, sign_in._replace(key="x"))]
        faults = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(fault) for fault in faults] == [OperationalError, OperationalError]
    assert await ours.sign_ins.holds(sign_in)
    await ours.stop()


async def test_an_ended_sign_in_is_sent_away_as_soon_as_its_end_is_announced(
    session: ChatSession, sign_in: SignIn, jonas: User, no_regular_check: None
) -> None:
    ours = hub()
    other = await ours.reader.run(sign_in_of, jonas)
    tab, neighbour = await enter(ours, session, sign_in), await enter(ours, session, other)
    sign_ins_changed(sign_in.person_id)
    await ours.reader.run(SessionStore(sign_in.key).flush)
    # From a thread of a view, as a sign-out does.
    said = threading.Thread(target=sign_ins_changed, args=[sign_in.person_id])
    said.start()
    async with asyncio.timeout(15):
        assert await tab.gone == SIGNED_OUT
    said.join()
    assert not neighbour.gone.done()
    await ours.stop()


async def test_the_regular_check_finds_an_end_that_nobody_announced(
    session: ChatSession, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_checks, "CHECK_EVERY", 0.05)
    ours = hub()
    tab = await enter(ours, session, sign_in)
    await ours.reader.run(SessionStore(sign_in.key).flush)
    async with asyncio.timeout(15):
        assert await tab.gone == SIGNED_OUT
    await ours.stop()


EVERYTHING = [
    CommandFrame(NewPost("Still here"), "a post", uuid4()),
    CommandFrame(Edit(1, "Other words"), None, None),
    CommandFrame(Remove(1), None, None),
    CommandFrame(Hide(1, "A reason"), None, None),
    CommandFrame(React(1, "💡", True), None, None),
    CommandFrame(Pin(1, True), None, None),
    ChooseMode("talking", True, None),
    Silence(1, True, None),
    HoldPrompt(1, True, None),
    TakeChair(None),
]


@pytest.mark.parametrize("frame", EVERYTHING, ids=lambda frame: type(frame).__name__)
async def test_an_ended_sign_in_changes_nothing_even_before_the_check_finds_it(
    session: ChatSession, curator: User, no_regular_check: None, frame: Any
) -> None:
    """Not even by a host, in the moment between a sign-out and the check."""
    ours = hub()
    sign_in = await ours.reader.run(sign_in_of, curator)
    said = Submission(curator.pk, NewPost("Before"), uuid4(), sign_in=sign_in)
    await ours.writer.take(session.pk, said)
    before = await ours.reader.run(everything_stored, session)
    tab = await enter(ours, session, sign_in)
    await ours.reader.run(SessionStore(sign_in.key).flush)
    answers: list[str | None] = []
    participant = Participant(ours, ours.rooms[session.pk], tab, PersonLimits())
    await participant.perform(frame, answers.append)
    async with asyncio.timeout(15):
        assert await tab.gone == SIGNED_OUT
    assert answers == [None]
    assert await ours.reader.run(everything_stored, session) == before
    await ours.stop()


def everything_stored(session: ChatSession) -> list[list[Any]]:
    tables: list[Any] = [Post, PostVersion, Reaction, Attendance, SilenceRow, Chair]
    rows = [list(table.objects.order_by("pk").values()) for table in tables]
    return [*rows, list(ChatSession.objects.filter(pk=session.pk).values())]
