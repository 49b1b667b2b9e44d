"""`manage.py verify_transcripts`: one line each, and 1 if any differs."""

import pytest
from django.core.management import CommandError, call_command

from chat.models import Post
from curation.models import ChatSession
from tests.conftest import THURSDAY, make_session
from tests.transcripts.conftest import AFTER
from transcripts import archive
from transcripts.models import Transcript


@pytest.fixture
def transcripts(session: ChatSession, talk: list[Post]) -> list[Transcript]:
    """A session's and a rehearsal's."""
    rehearsal = make_session(None, None, THURSDAY)
    return [archive.archive(one.pk, lambda: AFTER) for one in (session, rehearsal)]


def verify(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    call_command("verify_transcripts", *arguments)
    return capsys.readouterr().out.splitlines()


def test_unchanged_transcripts_are_reported_as_ok(
    transcripts: list[Transcript], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = transcripts
    assert verify(capsys) == [
        f"{one.sha256} 2026-11-26 Learning in the flow of work: ok",
        f"{other.sha256} rehearsal {other.session_id} Learning in the flow of work: ok",
    ]


def test_one_session_can_be_verified_alone(
    transcripts: list[Transcript], capsys: pytest.CaptureFixture[str]
) -> None:
    [line] = verify(capsys, "--session", str(transcripts[0].session_id))
    assert line.startswith(transcripts[0].sha256)


def test_a_transcript_that_differs_is_named_with_its_posts(
    transcripts: list[Transcript], talk: list[Post], capsys: pytest.CaptureFixture[str]
) -> None:
    Post.objects.filter(pk__in=(talk[1].pk, talk[4].pk)).update(body="Nothing of the kind.")
    with pytest.raises(CommandError, match="1 of the transcripts above differ") as failure:
        verify(capsys)
    assert failure.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("work: DIFFERS (posts 2, 5)") and lines[1].endswith(": ok")


def test_a_record_that_was_changed_is_reported(
    transcripts: list[Transcript], capsys: pytest.CaptureFixture[str]
) -> None:
    Transcript.objects.filter(pk=transcripts[1].pk).update(sha256="0" * 64)
    with pytest.raises(CommandError):
        verify(capsys)
    assert "DIFFERS (the record itself was changed)" in capsys.readouterr().out


def test_only_the_first_of_many_differing_posts_are_named(
    transcripts: list[Transcript], capsys: pytest.CaptureFixture[str]
) -> None:
    transcript = transcripts[0]
    row = transcript.content[0]
    transcript.content = [[seq, *row[1:]] for seq in range(1, 40)]
    transcript.save()
    with pytest.raises(CommandError):
        verify(capsys)
    out = capsys.readouterr().out
    assert "(posts 2, 3, " in out and ", 20, 21, …)" in out


def test_a_session_without_a_transcript_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="Session 7 has no transcript"):
        call_command("verify_transcripts", "--session", "7")
