"""The loops of a process go on after a fault, and its end is clean for clients that still ask."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chat.attendance import Here
from chat.edges.clients import clients_of
from chat.edges.polling_client import PollingClient
from chat.law.sign_ins import SignIn
from chat.room import hub as hubs
from chat.room import loops, reader, sign_in_checks, upkeep
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
    """Let a person into the room without a socket."""
    facts = await ours.reader.run(reader.read_facts, session.pk)
    assert facts is not None
    who = {"id": person.pk, "name": person.name, "team": None, "host": False}
    admission = Admission(person.pk, who, Here(), facts, SignIn(KEY, person.pk, ""))
    return clients_of(ours).add_polling_client((session.pk, KEY), admission)


async def test_a_client_that_leaves_twice_does_not_remove_its_successor(
    running: ChatSession, dana: User
) -> None:
    ours = hub()
    one = await visit(ours, running, dana)
    one.leave()
    other = await visit(ours, running, dana)
    one.leave()
    assert clients_of(ours).polling == {(running.pk, KEY): other}
    other.leave()
    assert (clients_of(ours).polling, dana.pk in ours.tabs) == ({}, False)
    await ours.stop()


async def test_a_stopped_process_reads_nothing_and_answers_that_it_restarts(
    running: ChatSession,
) -> None:
    ours = hub()
    await ours.stop()
    with pytest.raises(NotAdmitted) as asked:
        await ours.reader.run(reader.read_facts, running.pk)
    with pytest.raises(NotAdmitted) as came:
        await clients_of(ours).polling_client(KEY, running.pk)
    assert {asked.value.code, came.value.code} == {SERVICE_RESTART}


LOOPS: list[Callable[[Hub, ChatSession], tuple[Any, str]]] = [
    lambda ours, session: (ours.garbage, "collect_if_due"),
    lambda ours, session: (ours.availability, "check"),
    lambda ours, session: (ours.clock, "measure"),
    lambda ours, session: (ours.sign_ins, "check"),
    lambda ours, session: (ours.rooms[session.pk].roster, "announce_changes"),
]


@pytest.mark.parametrize("part", LOOPS, ids=["garbage", "database", "clock", "sign-ins", "room"])
async def test_a_loop_logs_a_fault_and_goes_on(
    running: ChatSession,
    dana: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    part: Callable[[Hub, ChatSession], tuple[Any, str]],
) -> None:
    for module, pause in (
        (loops, "AGAIN_AFTER"),
        (hubs, "COLLECT_EVERY"),
        (hubs, "CHECK_DATABASE_EVERY"),
        (hubs, "MEASURE_EVERY"),
        (hubs, "MEASURE_AGAIN_AFTER"),
        (sign_in_checks, "CHECK_EVERY"),
        (upkeep, "LOOK_EVERY"),
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
