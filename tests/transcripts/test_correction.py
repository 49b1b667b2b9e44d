"""A closed session stays closed; a record that lacks posts is corrected visibly."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from chat.law.commands import Edit, NewPost, Remove, Submission
from chat.law.rules import Bounds, Refused
from chat.ledger import store
from chat.models import Post, PostVersion
from curation.models import ChatSession
from people.models import AuditEntry, User
from tests.conftest import THURSDAY
from tests.transcripts.conftest import AFTER, Write
from transcripts import archive
from transcripts.archive import NotOver
from transcripts.models import Correction, Transcript

ROOMY = Bounds(1000, 10_000)
BEFORE = AFTER - timedelta(seconds=2)
LATE = AFTER + timedelta(days=1)


def at(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


def refused(session: ChatSession, submission: Submission, now: datetime) -> str:
    [answer] = store.take(session.pk, [submission], ROOMY, at(now))
    return answer.code if isinstance(answer, Refused) else "taken"


def test_a_session_closed_by_a_clock_that_was_ahead_stays_closed(
    session: ChatSession, talk: list[Post], dana: User
) -> None:
    """The database's clock goes ahead, the transcript is written, the clock goes back."""
    transcript = archive.archive(session.pk, at(AFTER))
    assert (
        refused(session, Submission(dana.pk, NewPost("Still there?"), uuid4()), BEFORE) == "closed"
    )
    assert refused(session, Submission(dana.pk, Edit(6, "Changed")), BEFORE) == "closed"
    assert refused(session, Submission(dana.pk, Remove(6)), BEFORE) == "closed"
    assert archive.verify(transcript) is None


def test_a_retry_of_a_stored_post_is_acknowledged_when_the_clock_is_back(
    session: ChatSession, dana: User
) -> None:
    say = Submission(dana.pk, NewPost("In time"), uuid4())
    [taken] = store.take(session.pk, [say], ROOMY, at(BEFORE))
    archive.archive(session.pk, at(AFTER))
    assert store.take(session.pk, [say], ROOMY, at(BEFORE)) == [taken]


def test_an_early_attempt_closes_nothing(session: ChatSession, dana: User) -> None:
    with pytest.raises(NotOver):
        archive.archive(session.pk, at(BEFORE))
    assert refused(session, Submission(dana.pk, NewPost("In time"), uuid4()), BEFORE) == "taken"


@pytest.fixture
def damaged(session: ChatSession, talk: list[Post], dana: User, write: Write) -> Transcript:
    """As an earlier release left it: written during the session, which was not marked as closed."""
    transcript = archive.archive(session.pk, at(AFTER))
    ChatSession.objects.filter(pk=session.pk).update(closed_at=None)
    session.refresh_from_db()
    write(session, dana, "One more thing.", 29.995)
    PostVersion.objects.create(post=talk[2], body=talk[2].body, replaced_at=BEFORE)
    Post.objects.filter(pk=talk[2].pk).update(body="For me, at least.", edited_at=BEFORE)
    Post.objects.filter(pk=talk[5].pk).update(body="", html="", state=Post.State.REMOVED)
    assert archive.verify(transcript) == [3, 6, 7]
    return transcript


def repair(session: ChatSession, reason: str = "The clock was ahead.") -> None:
    call_command("repair_transcript", "--session", str(session.pk), "--reason", reason)


def test_a_record_that_lacks_posts_is_corrected_visibly(
    session: ChatSession, damaged: Transcript, reader: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    before = damaged.sha256
    repair(session)
    assert "6 posts were recorded, now it is 7" in capsys.readouterr().out
    damaged.refresh_from_db()
    assert archive.verify(damaged) is None
    assert (damaged.post_count, damaged.minutes[29]) == (7, 2)
    correction = Correction.objects.get()
    assert (correction.sha256, correction.post_count, correction.written_at) == (before, 6, AFTER)
    assert len(correction.content) == 6
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("corrected a transcript", "The clock was ahead.")
    page = reader.get("/transcripts/2026-11-26/").content.decode()
    assert "Corrected on" in page and "The clock was ahead." in page
    assert before in page and damaged.sha256 in page
    session.refresh_from_db()
    assert session.closed_at is not None
    call_command("verify_transcripts")
    repair(session)
    assert "Nothing to repair" in capsys.readouterr().out
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("seq", "change"),
    [
        (2, {"body": "Nothing of the kind."}),
        (2, {"at": THURSDAY + timedelta(minutes=4)}),
        (6, {"body": "Removed, and yet here."}),
        (7, {"at": AFTER}),
        (3, {"author_id": None}),
    ],
)
def test_a_difference_that_the_room_can_not_have_caused_is_not_repaired(
    session: ChatSession,
    damaged: Transcript,
    jonas: User,
    seq: int,
    change: dict[str, object],
) -> None:
    change = {key: jonas.pk if value is None else value for key, value in change.items()}
    Post.objects.filter(session=session, seq=seq).update(**change)
    with pytest.raises(CommandError, match=rf"did not cause all of it \(post {seq}\)"):
        repair(session)
    assert not Correction.objects.exists() and not AuditEntry.objects.exists()


def test_a_deleted_post_is_not_repaired(
    session: ChatSession, damaged: Transcript, talk: list[Post]
) -> None:
    talk[4].delete()
    with pytest.raises(CommandError, match=r"\(post 5\)"):
        repair(session)


def test_a_record_that_was_changed_is_not_repaired(
    session: ChatSession, damaged: Transcript
) -> None:
    Transcript.objects.update(content=damaged.content[:-1])
    with pytest.raises(CommandError, match="the record itself was changed"):
        repair(session)


@pytest.mark.parametrize("reason", ["", "x" * 301])
def test_a_repair_needs_a_reason(session: ChatSession, damaged: Transcript, reason: str) -> None:
    with pytest.raises(CommandError, match="1 to 300 characters"):
        repair(session, reason)


def test_a_session_without_transcript_can_not_be_repaired(session: ChatSession) -> None:
    with pytest.raises(CommandError, match="has no transcript"):
        repair(session)
