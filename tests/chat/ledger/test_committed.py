"""What a room learns from its own process is what reading would give it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chat.law.commands import Edit, NewPost, React, Submission
from chat.law.rules import Bounds
from chat.ledger import store
from chat.ledger.committed import Committed
from chat.ledger.store import Taken
from chat.room import reader
from chat.room.connection import Admission
from chat.room.hub import Hub, hub
from chat.room.post_frames import posts_after, show_new
from chat.room.room import Room
from chat.wire.frames import Frame
from curation.models import ChatSession
from people.models import User
from tests.conftest import make_session

MANY = Bounds(posts_per_window=10_000, session_posts=100_000, changes_per_window=10_000)


@pytest.fixture
def running(db: None, curator: User) -> ChatSession:
    return make_session(None, curator, datetime.now(UTC) - timedelta(minutes=15))


def commit(session: ChatSession, *submissions: Submission) -> Committed | None:
    answers, news = store.store(session.pk, submissions, MANY)
    assert all(isinstance(answer, Taken) for answer in answers), answers
    return news


def test_what_is_learnt_is_what_would_be_read(
    running: ChatSession, dana: User, curator: User
) -> None:
    before = commit(running, Submission(dana.pk, NewPost("To start with"), uuid4()))
    news = commit(
        running,
        Submission(
            dana.pk,
            NewPost("A *line*\nand “quotes” — 👩🏽‍💻 https://example.com/?a=1&b=2"),
            uuid4(),
        ),
        Submission(curator.pk, NewPost("Hm", reply_to=1, from_prompt=True), uuid4()),
        Submission(dana.pk, NewPost("@nobody in particular"), uuid4()),
    )
    assert before is not None
    assert news is not None
    assert (before.since, news.since) == (0, 1)
    learnt = show_new([*before.posts, *news.posts], curator.pk)
    assert learnt == posts_after(running.pk, 0, curator.pk)


def test_only_what_is_nothing_but_new_posts_is_learnt(running: ChatSession, dana: User) -> None:
    post = Submission(dana.pk, NewPost("Once"), uuid4())
    assert commit(running, post) is not None
    assert commit(running, post) is None
    assert commit(running, Submission(dana.pk, React(1, "💡", True))) is None
    both = commit(
        running, Submission(dana.pk, NewPost("Two"), uuid4()), Submission(dana.pk, Edit(1, "One"))
    )
    assert both is None
    assert commit(running, Submission(dana.pk, NewPost(f"@{dana.name}, look"), uuid4())) is None


@pytest.fixture
def committed(transactional_db: None, curator: User) -> ChatSession:
    """One that other threads can read."""
    return make_session(None, curator, datetime.now(UTC) - timedelta(minutes=15))


async def test_what_is_learnt_while_reading_is_under_way_is_told_once_and_in_order(
    committed: ChatSession, dana: User
) -> None:
    def say(body: str) -> Submission:
        return Submission(dana.pk, NewPost(body), uuid4())

    ours = hub()
    room, ear = await open_room(ours, committed), Ear()
    room.audience.live[ear] = ear.send_frame
    await ours.writer.take(committed.pk, say("learnt at once"))

    run, has_read, may_go_on = ours.reader.run, asyncio.Event(), asyncio.Event()

    async def run_slowly(function: Any, *args: Any) -> Any:
        answer = await run(function, *args)
        if function is posts_after and answer:
            has_read.set()
            await may_go_on.wait()
        return answer

    held: list[tuple[int, int, Committed | None]] = []
    ours.writer.on_commit = lambda *news: held.append(news)
    await ours.writer.take(committed.pk, say("read, and learnt meanwhile"))
    ours.writer.on_commit = ours.on_commit
    ours.reader.run = run_slowly  # type: ignore[method-assign, assignment]
    reading = asyncio.create_task(room.feed.read_news())
    await has_read.wait()
    ours.on_commit(*held[0])
    await ours.writer.take(committed.pk, say("learnt while reading"))
    may_go_on.set()
    await reading
    await run(store.take, committed.pk, [say("stored by another process")], MANY)
    await ours.writer.take(committed.pk, say("not learnt, as one is missing before it"))
    async with asyncio.timeout(10):
        while room.rev < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await ours.stop()
    frames = [frame for frame in ear.frames if frame["type"] == "posts"]
    assert [post["rev"] for frame in frames for post in frame["posts"]] == [1, 2, 3, 4, 5]
    assert [frame["since"] for frame in frames] == [0, *(frame["rev"] for frame in frames[:-1])]


@pytest.mark.parametrize("is_crew", [True, False])
async def test_a_curator_is_marked_as_the_host_only_while_they_have_the_role(
    committed: ChatSession, curator: User, is_crew: bool
) -> None:
    ours = hub()
    if not is_crew:
        await ours.reader.run(curator.groups.clear)
    room = await open_room(ours, committed)
    await ours.writer.take(committed.pk, Submission(curator.pk, NewPost("learnt"), uuid4()))
    said = [Submission(curator.pk, NewPost("read"), uuid4())]
    await ours.reader.run(store.take, committed.pk, said, MANY)
    await room.feed.read_news()
    await ours.stop()
    posts = [json.loads(shown.encoded) for shown in room.history.after(0)]
    assert [post["author"]["host"] for post in posts] == [is_crew, is_crew]


class Ear:
    """Hears what everyone hears."""

    admission: Admission

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []

    def send_frame(self, frame: Frame) -> None:
        self.frames.append(json.loads(frame.text))

    def send_text(self, text: str, *, is_history: bool = False) -> None:
        raise NotImplementedError

    def send_away(self, code: int) -> None:
        raise NotImplementedError


async def open_room(ours: Hub, session: ChatSession) -> Room:
    facts = await ours.reader.run(reader.read_facts, session.pk)
    assert facts is not None
    room = ours.open_room(facts)
    await room.feed.read_news()
    return room
