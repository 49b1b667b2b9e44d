"""A rehearsal is a complete session at almost any time; the command prints its address."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from curation.clock import database_now
from curation.models import ChatSession, NotAllowed
from curation.rehearsals import rehearse
from tests.conftest import THURSDAY

pytestmark = pytest.mark.django_db

TICK = timedelta(milliseconds=1)


def test_a_rehearsal_is_complete_and_published_without_any_account() -> None:
    rehearsal = rehearse(THURSDAY, THURSDAY + timedelta(minutes=1), "Dry run")
    assert rehearsal.is_rehearsal and rehearsal.is_published
    assert rehearsal.needs() == []
    assert (rehearsal.title, rehearsal.curator, rehearsal.series) == ("Dry run", None, None)
    assert rehearsal.get_absolute_url() == f"/rehearsals/{rehearsal.pk}/"


@pytest.mark.parametrize(
    ("ago", "allowed"),
    [
        (timedelta(minutes=35), True),
        (timedelta(minutes=35, seconds=30), True),
        (timedelta(minutes=35, seconds=30) + TICK, False),
        (timedelta(minutes=36), False),
        (timedelta(days=365_000), False),
    ],
)
def test_a_rehearsal_may_have_started_thirty_five_minutes_ago(
    ago: timedelta, allowed: bool
) -> None:
    if allowed:
        assert rehearse(THURSDAY, THURSDAY - ago).starts_at == THURSDAY - ago
    else:
        with pytest.raises(NotAllowed, match="at most 35 minutes ago"):
            rehearse(THURSDAY, THURSDAY - ago)


def test_a_rehearsal_starts_within_a_year() -> None:
    rehearse(THURSDAY, THURSDAY + timedelta(days=366))
    with pytest.raises(NotAllowed, match="within the next year"):
        rehearse(THURSDAY, THURSDAY + timedelta(days=366) + TICK)


@pytest.mark.parametrize("title", ["x" * 121, "with\x00NUL", "\u202eturned"])
def test_a_title_that_is_not_allowed_creates_no_rehearsal(title: str) -> None:
    with pytest.raises(ValidationError):
        rehearse(THURSDAY, THURSDAY, title)
    assert not ChatSession.objects.exists()


def test_a_rehearsal_follows_the_same_rules_as_a_session() -> None:
    rehearsal = rehearse(THURSDAY, THURSDAY + timedelta(minutes=10))
    with pytest.raises(NotAllowed):
        rehearsal.prepare(THURSDAY, title="Other")
    with pytest.raises(NotAllowed):
        rehearsal.call_off(THURSDAY, "No.")


def command(*args: str) -> str:
    out = StringIO()
    call_command("rehearse", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_id_and_path() -> None:
    start = database_now() - timedelta(minutes=35)
    printed = command("--starts-at", start.isoformat())
    rehearsal = ChatSession.objects.get()
    assert printed == f"id={rehearsal.pk}\npath=/rehearsals/{rehearsal.pk}/\n"
    assert (rehearsal.starts_at, rehearsal.title) == (start, "Rehearsal")


def test_two_rehearsals_may_overlap() -> None:
    start = database_now().isoformat()
    assert command("--starts-at", start, "--title", "A") != command("--starts-at", start)
    assert ChatSession.objects.rehearsals().count() == 2


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        (lambda now: now.replace(tzinfo=None).isoformat(), "offset from UTC"),
        (lambda now: (now - timedelta(minutes=36)).isoformat(), "35 minutes"),
        (lambda now: "tomorrow", "no instant"),
        (lambda now: "2026-02-30T10:00:00Z", "no instant"),
        (lambda now: "0001-01-01T00:00:00+14:00", "35 minutes"),
        (lambda now: "9999-12-31T23:59:59-14:00", "within the next year"),
        (lambda now: now.date().isoformat(), "offset from UTC"),
    ],
)
def test_the_command_refuses_with_a_sentence(
    start: Callable[[datetime], str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        command("--starts-at", start(datetime.now(UTC)))
    assert not ChatSession.objects.exists()
