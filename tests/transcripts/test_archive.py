"""A transcript is written once, after the last post, and is the same from every process."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from chat.law.commands import NewPost, Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store
from chat.ledger.store import Taken
from chat.models import Post
from curation.models import ChatSession
from people.models import User
from tests.conftest import THURSDAY, make_session
from tests.transcripts.conftest import AFTER, Write
from transcripts import archive
from transcripts.archive import NotOver, NoTranscript
from transcripts.models import Figures, Transcript

T = TypeVar("T")
MILLISECOND = timedelta(milliseconds=1)
ROOMY = Bounds(1000, 10_000)


def at(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


def test_a_transcript_can_be_written_from_the_first_instant_after_the_session(
    session: ChatSession,
) -> None:
    with pytest.raises(NotOver):
        archive.archive(session.pk, at(AFTER - MILLISECOND))
    assert not Transcript.objects.exists()
    assert archive.archive(session.pk, at(AFTER)).written_at == AFTER


def test_a_transcript_has_every_post_and_counts_them(
    session: ChatSession, talk: list[Post]
) -> None:
    transcript = archive.archive(session.pk, at(AFTER))
    transcript.refresh_from_db()
    assert [row[:5] for row in transcript.content] == [
        [1, "2026-11-26T13:00:00.000Z", 1, talk[0].author_id, None],
        [2, "2026-11-26T13:03:30.000Z", 1, talk[1].author_id, 1],
        [3, "2026-11-26T13:09:59.940Z", 1, talk[2].author_id, None],
        [4, "2026-11-26T13:10:00.000Z", 2, talk[3].author_id, None],
        [5, "2026-11-26T13:19:30.000Z", 2, talk[4].author_id, None],
        [6, "2026-11-26T13:29:59.400Z", 3, talk[5].author_id, None],
    ]
    assert (transcript.post_count, transcript.people_count) == (6, 3)
    minutes = [index for index, count in enumerate(transcript.minutes) if count]
    assert minutes == [0, 3, 9, 10, 19, 29]
    assert archive.verify(transcript) is None


def test_a_second_attempt_returns_the_same_transcript(
    session: ChatSession, talk: list[Post]
) -> None:
    first = archive.archive(session.pk, at(AFTER))
    again = archive.archive(session.pk, at(AFTER + timedelta(days=3)))
    assert (again.pk, again.written_at, again.sha256) == (first.pk, AFTER, first.sha256)


def test_a_session_without_posts_has_a_transcript_too(session: ChatSession) -> None:
    transcript = archive.archive(session.pk, at(AFTER))
    assert (transcript.content, transcript.post_count, transcript.people_count) == ([], 0, 0)
    assert transcript.minutes == [0] * 30


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_a_session_that_did_not_take_place_has_none(
    session: ChatSession, write: Write, status: str
) -> None:
    ChatSession.objects.filter(pk=session.pk).update(status=status)
    with pytest.raises(NoTranscript):
        archive.archive(session.pk, at(AFTER))
    assert archive.due(AFTER) == []


def test_sessions_that_are_over_without_transcript_are_due(
    session: ChatSession, curator: User
) -> None:
    rehearsal = make_session(None, curator, THURSDAY - timedelta(minutes=7))
    make_session(session.series, curator, THURSDAY + timedelta(days=7))
    assert archive.due(AFTER - MILLISECOND) == [rehearsal.pk]
    assert archive.due(AFTER) == [rehearsal.pk, session.pk]
    archive.archive(rehearsal.pk, at(AFTER))
    assert archive.due(AFTER) == [session.pk]


def test_a_rehearsals_transcript_is_neither_listed_nor_counted(
    session: ChatSession, dana: User, write: Write
) -> None:
    rehearsal = make_session(None, None, THURSDAY)
    write(rehearsal, dana, "Does it work?", 1)
    write(session, dana, "It works.", 1)
    for one in (rehearsal, session):
        archive.archive(one.pk, at(AFTER))
    assert [one.session for one in Transcript.objects.listed()] == [session]
    assert Transcript.objects.listed().figures() == Figures(1, 1)


def test_before_and_after_give_the_adjacent_transcripts(
    session: ChatSession, curator: User
) -> None:
    later = make_session(session.series, curator, THURSDAY + timedelta(days=7))
    for one in (session, later):
        archive.archive(one.pk, at(THURSDAY + timedelta(days=8)))
    first, second = Transcript.objects.before(later), Transcript.objects.after(session)
    assert first is not None and first.session == session
    assert second is not None and second.session == later
    assert Transcript.objects.before(session) is None
    assert Transcript.objects.after(later) is None


def test_the_database_refuses_a_second_transcript(session: ChatSession) -> None:
    written = archive.archive(session.pk, at(AFTER))
    written.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        written.save(force_insert=True)


def test_new_names_and_hidden_posts_do_not_make_a_transcript_invalid(
    session: ChatSession, talk: list[Post], dana: User
) -> None:
    transcript = archive.archive(session.pk, at(AFTER))
    User.objects.filter(pk=dana.pk).update(name="Dana Novak")
    Post.objects.filter(pk=talk[0].pk).update(state=Post.State.HIDDEN, html="")
    assert archive.verify(transcript) is None


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Something else."},
        {"at": THURSDAY + timedelta(minutes=4)},
        {"reply_to": None},
    ],
)
def test_a_changed_post_is_found(
    session: ChatSession, talk: list[Post], change: dict[str, object]
) -> None:
    transcript = archive.archive(session.pk, at(AFTER))
    Post.objects.filter(pk=talk[1].pk).update(**change)
    assert archive.verify(transcript) == [2]


def test_an_added_and_a_lost_post_are_found(
    session: ChatSession, talk: list[Post], dana: User, write: Write
) -> None:
    transcript = archive.archive(session.pk, at(AFTER))
    write(session, dana, "I was never here.", 20)
    talk[5].delete()
    assert archive.verify(transcript) == [6, 7]


@pytest.mark.parametrize("field", ["sha256", "content"])
def test_a_changed_record_is_found(session: ChatSession, talk: list[Post], field: str) -> None:
    transcript = archive.archive(session.pk, at(AFTER))
    setattr(transcript, field, "0" * 64 if field == "sha256" else transcript.content[:-1])
    assert archive.verify(transcript) == ([] if field == "sha256" else [6])


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_write_one_transcript(session: ChatSession, dana: User) -> None:
    submissions = [Submission(dana.pk, NewPost(f"Post {number}"), uuid4()) for number in range(5)]
    store.take(session.pk, submissions, ROOMY, at(THURSDAY))
    start = threading.Barrier(8)

    def work() -> Transcript:
        start.wait()
        return archive.archive(session.pk, at(AFTER))

    written = in_threads([work] * 8)
    assert len({transcript.pk for transcript in written}) == 1
    assert len({transcript.sha256 for transcript in written}) == 1
    assert Transcript.objects.get().post_count == 5


@pytest.mark.django_db(transaction=True)
def test_the_archive_waits_for_the_last_post_and_later_posts_wait_for_it(
    session: ChatSession, dana: User
) -> None:
    """A post has locked the row at 29:59.999 when the archive asks for it.

    Both read the clock only under the lock, so the archive's instant is after the last post's.
    """
    holds, go_on = threading.Event(), threading.Event()
    asked = threading.Event()

    def just_before() -> datetime:
        holds.set()
        go_on.wait(10)
        return AFTER - MILLISECOND

    def last_post() -> object:
        return store.take(
            session.pk, [Submission(dana.pk, NewPost("The last"), uuid4())], ROOMY, just_before
        )

    def afterwards() -> datetime:
        assert go_on.is_set(), "the clock was read while the last post was held"
        return AFTER

    def writer() -> object:
        holds.wait(10)
        asked.set()
        return archive.archive(session.pk, afterwards)

    def let_go() -> object:
        asked.wait(10)
        time.sleep(0.3)
        go_on.set()
        return None

    answers, transcript, _ = in_threads([last_post, writer, let_go])
    assert isinstance(answers, list) and isinstance(answers[0], Taken)
    assert isinstance(transcript, Transcript) and transcript.post_count == 1
    [late] = store.take(
        session.pk, [Submission(dana.pk, NewPost("Too late"), uuid4())], ROOMY, at(AFTER)
    )
    assert isinstance(late, Refused) and late.code == "closed"
    assert archive.verify(transcript) is None


def in_threads(jobs: list[Callable[[], T]]) -> list[T]:
    """What each returns, all run at once, each with its own connection."""
    results: dict[int, T] = {}
    faults: list[BaseException] = []

    def run(index: int, job: Callable[[], T]) -> None:
        try:
            results[index] = job()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults, faults
    return [results[index] for index in range(len(jobs))]
