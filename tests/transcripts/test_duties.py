"""The duty of the transcripts: every session that is over gets its own, whatever others do."""

import logging
from datetime import timedelta

import pytest

from curation.clock import database_now
from curation.law.agenda import LENGTH
from curation.models import ChatSession, Series
from people.models import User
from tests.conftest import make_session
from transcripts import archive
from transcripts.duties import DUTIES
from transcripts.models import Transcript

write_transcripts = dict(DUTIES)["write transcripts"]


@pytest.fixture
def over(series: Series, curator: User) -> ChatSession:
    """A session that ended a minute ago and has no transcript yet."""
    return make_session(series, curator, database_now() - LENGTH - timedelta(minutes=1))


def test_a_session_that_is_over_gets_its_transcript_once(
    over: ChatSession, caplog: pytest.LogCaptureFixture
) -> None:
    now = database_now()
    with caplog.at_level(logging.INFO):
        assert [write_transcripts(now) for _ in range(2)] == [1, 0]
    assert Transcript.objects.get().session == over
    assert caplog.messages == [f"The transcript of session {over.pk} is there: 0 posts."]


def test_a_transcript_that_cannot_be_written_does_not_stop_the_others(
    over: ChatSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = make_session(None, None, over.starts_at - timedelta(hours=1))
    facts_of = archive.facts_of

    def fail_for_one(session: ChatSession) -> object:
        if session == broken:
            raise ValueError("unreadable")
        return facts_of(session)

    monkeypatch.setattr(archive, "facts_of", fail_for_one)
    with pytest.raises(ValueError, match="unreadable") as caught:
        write_transcripts(database_now())
    assert caught.value.__notes__ == [f"while writing the transcript of session {broken.pk}"]
    assert Transcript.objects.get().session == over
