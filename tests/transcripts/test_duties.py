"""The duty of transcripts: each session that is over gets its own, whatever happens to others."""

from datetime import timedelta

import pytest

from curation.clock import database_now
from curation.law.agenda import LENGTH
from curation.models import ChatSession, Series
from people.models import User
from tests.conftest import make_session
from transcripts import archive, duties
from transcripts.models import Transcript


@pytest.fixture
def over(series: Series, curator: User) -> ChatSession:
    """A session that ended a minute ago and has no transcript yet."""
    return make_session(series, curator, database_now() - LENGTH - timedelta(minutes=1))


def test_a_session_that_is_over_gets_its_transcript_once(over: ChatSession) -> None:
    now = database_now()
    [(name, write)] = duties.due(now, now)
    assert name == f"write the transcript of session {over.pk}"
    assert write() == [f"The transcript of session {over.pk} is there: 0 posts."]
    assert Transcript.objects.get().session == over
    assert list(duties.due(now, now)) == []


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
    now = database_now()
    functions = dict(duties.due(now, now))
    with pytest.raises(ValueError, match="unreadable"):
        functions[f"write the transcript of session {broken.pk}"]()
    functions[f"write the transcript of session {over.pk}"]()
    assert Transcript.objects.get().session == over
