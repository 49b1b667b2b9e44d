"""A socket leaves its room, no matter how its application ends."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from chat.edges.consumers import RoomConsumer
from chat.edges.participant import Participant
from chat.room.hub import hub
from curation.models import ChatSession
from people.models import User
from tests.conftest import make_session


@pytest.fixture
def running(transactional_db: None, curator: User) -> ChatSession:
    return make_session(None, curator, datetime.now(UTC) - timedelta(minutes=5))


class Line:
    """The server's end of the socket of a person who is signed in."""

    def __init__(self, session: ChatSession, client: Client) -> None:
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        scope = {
            "type": "websocket",
            "url_route": {"kwargs": {"session_id": str(session.pk)}},
            "server": ("127.0.0.1", 8000),
            "headers": [
                (b"origin", b"http://127.0.0.1:8000"),
                (b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()),
            ],
        }
        self.events.put_nowait({"type": "websocket.connect"})
        self.socket = RoomConsumer()
        self.task = asyncio.create_task(self.socket(scope, self.events.get, self.send))

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def say(self, **frame: Any) -> None:
        self.events.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})


async def until(condition: Any) -> None:
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
def signed_in(running: ChatSession, dana: User) -> Client:
    client = Client()
    client.force_login(dana)
    return client


@pytest.mark.parametrize("way", ["cancelled", "failing"])
async def test_a_socket_leaves_the_room_when_its_application_ends_without_a_disconnect(
    running: ChatSession, signed_in: Client, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    async def fail(self: Participant, frame: Any, answer: Any) -> None:
        raise RuntimeError("a fault of ours")

    ours = hub()
    line = Line(running, signed_in)
    await until(lambda: line.socket.room is not None)
    person = line.socket.admission.person_id
    room = ours.rooms[running.pk]
    assert room.audience.connections
    if way == "cancelled":
        line.task.cancel()
    else:
        monkeypatch.setattr(Participant, "perform", fail)
        line.say(type="ping", t=1)
    await asyncio.wait([line.task], timeout=15)
    assert line.task.done()
    assert not room.audience.connections
    assert person not in ours.tabs
    assert person not in room.roster.here
    await line.socket.disconnect(1006)  # a late word of the server changes nothing
    assert person not in ours.tabs
    await ours.stop()
