"""What one process runs outlives a fault, and ends cleanly for whoever still asks."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chat.attendance import Here
from chat.edges.polling_client import PollingClient, polling_client
from chat.law.sign_ins import SignIn
from chat.room import hub as hubs
from chat.room import loops, reader, room, sign_in_checks
from chat.room.connection import Admission
from chat.room.hub import Hub, hub
from chat.wire.close_codes import SERVICE_RESTART, NotAdmitted
from curation.models import ChatSession
from people.models import User
from tests.conftest import make_session

KEY = "k" * 32


@pytest.fixture
def running(transactional_db: None, curator: User) -> ChatSession:
    return make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))


async def visit(ours: Hub, session: ChatSession, person: User) -> PollingClient:
    """Somebody without a socket, in the room."""
    facts = await ours.ask(reader.facts, session.pk)
    assert facts is not None
    who = {"id": person.pk, "name": person.name, "team": None, "host": False}
    came = PollingClient(ours, Admission(person.pk, who, Here(), facts, SignIn(KEY, person.pk, "")))
    ours.polling_clients[session.pk, KEY] = came
    return came


async def test_whoever_left_already_does_not_take_away_who_came_after(
    running: ChatSession, dana: User
) -> None:
    ours = hub()
    one = await visit(ours, running, dana)
    one.leave()
    other = await visit(ours, running, dana)
    one.leave()
    assert ours.polling_clients == {(running.pk, KEY): other}
    other.leave()
    assert (ours.polling_clients, dana.pk in ours.tabs) == ({}, False)
    await ours.stop()


async def test_a_process_that_ends_asks_its_database_nothing_and_says_so(
    running: ChatSession,
) -> None:
    ours = hub()
    await ours.stop()
    with pytest.raises(NotAdmitted) as asked:
        await ours.ask(reader.facts, running.pk)
    with pytest.raises(NotAdmitted) as came:
        await polling_client(ours, KEY, running.pk)
    assert {asked.value.code, came.value.code} == {SERVICE_RESTART}


LOOPS: list[Callable[[Hub, ChatSession], tuple[Any, str]]] = [
    lambda ours, session: (ours.sweeper, "look"),
    lambda ours, session: (ours.reach, "look"),
    lambda ours, session: (ours.clock, "measure"),
    lambda ours, session: (ours.sign_ins, "check"),
    lambda ours, session: (ours.rooms[session.pk].roster, "news"),
]


@pytest.mark.parametrize("part", LOOPS, ids=["tidy", "watch", "clock", "sign-ins", "time"])
async def test_a_loop_goes_on_after_a_fault_and_tells_the_log(
    running: ChatSession,
    dana: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    part: Callable[[Hub, ChatSession], tuple[Any, str]],
) -> None:
    for module, pause in (
        (loops, "AGAIN_AFTER"),
        (hubs, "TIDY_EVERY"),
        (hubs, "WATCH_EVERY"),
        (hubs, "MEASURE_EVERY"),
        (hubs, "MEASURE_AGAIN_AFTER"),
        (sign_in_checks, "CHECK_EVERY"),
        (room, "GLANCE_EVERY"),
    ):
        monkeypatch.setattr(module, pause, 0.02)
    ours = hub()
    await visit(ours, running, dana)
    turns = 0

    def fail(*_: Any, **more: Any) -> None:
        nonlocal turns
        turns += 1
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(*part(ours, running), fail)
    async with asyncio.timeout(15):
        while turns < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await ours.stop()
    assert "a fault of ours" in caplog.text
