"""The ledger's thread while the database takes nothing: a lock that another connection holds."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DataError, connection, transaction

from chat.law.commands import NewPost, Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store, writer
from chat.ledger.store import Answer, Taken
from chat.ledger.writer import Writer
from chat.models import Post
from curation.models import ChatSession
from people.models import User
from tests.conftest import make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(transactional_db: None, curator: User) -> ChatSession:
    return make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that are made from now on wait a tenth of a second for a lock."""
    options = connection.settings_dict["OPTIONS"]
    if settings.SQLITE:
        monkeypatch.setitem(options, "timeout", 0.1)
    else:
        monkeypatch.setitem(options, "options", "-c lock_timeout=100")
    monkeypatch.setattr(writer, "GIVE_UP", 0.6)


@contextmanager
def locked(session: ChatSession) -> Iterator[Callable[[], None]]:
    """The session's row; what is given lets go of it."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            ChatSession.objects.select_for_update().get(pk=session.pk)
            is_held.set()
            may_go.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(10)

    def let_go() -> None:
        may_go.set()
        thread.join()

    try:
        yield let_go
    finally:
        let_go()


async def asked(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("impatient")
async def test_what_follows_something_given_up_is_given_up_and_nothing_changes_its_order(
    running: ChatSession, dana: User, jonas: User
) -> None:
    ours = Writer(asyncio.get_running_loop(), lambda *news: None)
    first, second = (Submission(dana.pk, NewPost(body), uuid4()) for body in ("first", "second"))
    other = Submission(jonas.pk, NewPost("by somebody else"), uuid4())
    answers: dict[str, Answer] = {}
    with locked(running) as let_go:

        def first_answered(answer: Answer) -> None:
            answers["first"] = answer
            let_go()  # now the database takes what waited for less long

        ours.submit(running.pk, first, first_answered)
        await asyncio.sleep(0.4)
        for name, submission in (("second", second), ("other", other)):
            ours.submit(running.pk, submission, partial(answers.__setitem__, name))
        await asked(lambda: len(answers) == 3)
    assert isinstance(answers["first"], Refused)
    assert isinstance(answers["second"], Refused)
    assert answers["second"].code == "unavailable"
    assert answers["other"] == Taken(1, 1)
    again = [await ours.take(running.pk, submission) for submission in (first, second)]
    assert again == [Taken(2, 2), Taken(3, 3)]
    await asyncio.to_thread(ours.stop)


async def test_a_refusal_comes_in_time_though_the_call_has_not_returned(
    running: ChatSession, dana: User, jonas: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "GIVE_UP", 0.6)
    ours = Writer(asyncio.get_running_loop(), lambda *news: None)
    say = [Submission(dana.pk, NewPost(body), uuid4()) for body in ("first", "second", "third")]
    other = Submission(jonas.pk, NewPost("by somebody else"), uuid4())
    answers: dict[str, Answer] = {}
    with locked(running) as let_go:
        ours.submit(running.pk, say[0], partial(answers.__setitem__, "first"))
        await asyncio.sleep(0.3)  # the call is under way
        ours.submit(running.pk, say[1], partial(answers.__setitem__, "second"))
        await asked(lambda: len(answers) == 2)
        assert {getattr(one, "code", None) for one in answers.values()} == {"unavailable"}
        assert ours.storing.failing_since is not None
        again = [asyncio.create_task(ours.take(running.pk, one)) for one in [*say, other]]
        await asyncio.sleep(0)
        let_go()
    # The first call went through in the end, and its post is found by its id.
    seqs = [(await one).seq for one in again]
    assert seqs == [1, 2, 3, 4]
    assert ours.storing.failing_since is None
    await asyncio.to_thread(ours.stop)


async def test_what_was_given_up_while_it_waited_is_not_stored(
    running: ChatSession, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "GIVE_UP", 0.4)
    ours = Writer(asyncio.get_running_loop(), lambda *news: None)
    answers: list[Answer] = []
    with locked(running) as let_go:
        for body in ("under way", "waits", "waits too"):
            ours.submit(running.pk, Submission(dana.pk, NewPost(body), uuid4()), answers.append)
            await asyncio.sleep(0.05)
        await asked(lambda: len(answers) == 3)
        let_go()
    assert await ours.take(running.pk, Submission(dana.pk, NewPost("later"), uuid4())) == Taken(
        2, 2
    )
    await asyncio.to_thread(ours.stop)


async def test_the_end_waits_for_no_call_that_does_not_return(
    running: ChatSession, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "GIVE_UP", 0.4)
    ours = Writer(asyncio.get_running_loop(), lambda *news: None)
    answers: list[Answer] = []
    with locked(running):
        ours.submit(running.pk, Submission(dana.pk, NewPost("held up"), uuid4()), answers.append)
        await asyncio.sleep(0.1)
        await ours.finish()
        assert [getattr(one, "code", None) for one in answers] == ["unavailable"]
        await asyncio.to_thread(ours.stop, 0.1)
        assert ours.thread.is_alive()
    await asyncio.to_thread(ours.stop)
    assert not ours.thread.is_alive()


async def test_a_sender_who_stops_waiting_costs_nobody_else_their_answer(
    running: ChatSession, dana: User, jonas: User
) -> None:
    told: list[int] = []
    ours = Writer(asyncio.get_running_loop(), lambda session, revision, news: told.append(revision))
    with locked(running) as let_go:
        held = asyncio.create_task(
            ours.take(running.pk, Submission(dana.pk, NewPost("held up"), uuid4()))
        )
        await asyncio.sleep(0.05)
        one, other = (
            asyncio.create_task(
                ours.take(running.pk, Submission(who.pk, NewPost("at once"), uuid4()))
            )
            for who in (dana, jonas)
        )

        def fail(answer: Answer) -> None:
            raise RuntimeError(answer)

        ours.submit(running.pk, Submission(dana.pk, NewPost("and again"), uuid4()), fail)
        last = asyncio.create_task(
            ours.take(running.pk, Submission(jonas.pk, NewPost("the last"), uuid4()))
        )
        await asyncio.sleep(0.05)
        one.cancel()
        let_go()
    answers = await asyncio.gather(held, other, last)
    assert list(answers) == [Taken(1, 1), Taken(4, 4), Taken(5, 5)]
    assert told[-1] == 5
    await asyncio.to_thread(ours.stop)


async def test_at_the_end_what_waits_is_stored_and_nothing_new_is_taken(
    running: ChatSession, dana: User
) -> None:
    ours = Writer(asyncio.get_running_loop(), lambda *news: None, limits=Bounds(0, 1000))
    answers: list[Answer] = []
    for n in range(20):
        ours.submit(running.pk, Submission(dana.pk, NewPost(f"{n}"), uuid4()), answers.append)
    ours.take_no_more()
    ours.submit(running.pk, Submission(dana.pk, NewPost("too late"), uuid4()), answers.append)
    await asyncio.to_thread(ours.stop)
    await asked(lambda: len(answers) == 21)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [one.code for one in refused] == ["unavailable"]


def stored() -> list[str]:
    """The texts that are stored, in their order; for a thread, whose connection it closes."""
    try:
        return list(Post.objects.order_by("seq").values_list("body", flat=True))
    finally:
        connection.close()


@pytest.mark.parametrize("fault", [RuntimeError, DataError])
async def test_one_post_that_cannot_be_stored_costs_nobody_else_theirs(
    running: ChatSession,
    dana: User,
    jonas: User,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[Exception],
) -> None:
    take_batch, sizes = store.store, list[int]()

    def stumble(session: int, submissions: Sequence[Submission], *more: Any) -> Any:
        sizes.append(len(submissions))
        if any(one.command == NewPost("odd") for one in submissions):
            raise fault("It can't be drawn")
        return take_batch(session, submissions, *more)

    monkeypatch.setattr(store, "store", stumble)
    ours = Writer(asyncio.get_running_loop(), lambda *news: None, limits=Bounds(0, 1000))
    said = [Submission(dana.pk, NewPost(f"{n}"), uuid4()) for n in range(20)]
    said[10] = Submission(jonas.pk, NewPost("odd"), uuid4())
    said[15] = Submission(jonas.pk, NewPost("behind it"), uuid4())
    said[5] = Submission(jonas.pk, NewPost("before it"), uuid4())
    with locked(running) as let_go:
        held = asyncio.create_task(
            ours.take(running.pk, Submission(dana.pk, NewPost("held up"), uuid4()))
        )
        await asyncio.sleep(0.05)
        answers: list[Answer] = []
        for one in said:
            ours.submit(running.pk, one, answers.append)
        let_go()
    await held
    await asked(lambda: len(answers) == 20)
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["unavailable", "unavailable"]
    posts = await asyncio.to_thread(stored)
    expected = [f"{n}" for n in range(20) if n not in (5, 10, 15)]
    expected.insert(5, "before it")
    assert posts == ["held up", *expected]
    assert len(sizes) < 14  # by halves, not one after the other
    await asyncio.to_thread(ours.stop)
