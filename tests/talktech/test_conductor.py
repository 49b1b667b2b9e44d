"""Each duty is done once, by the first process that finds it due, and no fault ends the loop."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from curation.clock import database_now
from curation.clock_agreement import Agreement
from curation.law.agenda import LENGTH
from curation.models import NEVER_PUBLISHED, ChatSession, Series
from people import limits
from people.limits import Limit
from people.models import Tally, User
from talktech.conductor import Conductor, run_once
from tests.conftest import THURSDAY, make_session
from tests.support.live import ROOT, Server, Site, site_in
from transcripts.models import Transcript

PROMISE = 5.0


@pytest.fixture
def over(series: Series, curator: User) -> ChatSession:
    """A session that ended a minute ago and has no transcript yet."""
    return make_session(series, curator, database_now() - LENGTH - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("starts_at", "weeks"),
    [
        # On Thursday, the series' day, the next eight Thursdays have no session yet. On Tuesday
        # the first of the eight is this week's, whose session took place on Tuesday.
        (datetime(2024, 11, 28, 13, 0, tzinfo=UTC), 8),
        (datetime(2024, 11, 26, 13, 0, tzinfo=UTC), 7),
    ],
)
def test_everything_that_is_due_is_done_once(
    series: Series, curator: User, starts_at: datetime, weeks: int
) -> None:
    now = starts_at + LENGTH + timedelta(minutes=1)
    over = make_session(series, curator, starts_at)
    rehearsal = make_session(None, None, starts_at)
    forgotten = make_session(series, curator, starts_at - timedelta(days=7), status="draft")
    done = run_once(now)
    assert done[0] == f"Called off session {forgotten.pk}, which was never published."
    assert len([line for line in done if line.startswith("The transcript of session")]) == 2
    planned = [line for line in done if line.startswith("Planned")]
    days = [date(2024, 12, 5) + timedelta(weeks=week) for week in range(weeks)]
    assert planned == [f"Planned {day} of #TalkTech." for day in days]
    assert run_once(now) == []
    forgotten.refresh_from_db()
    assert (forgotten.status, forgotten.called_off_because) == ("cancelled", NEVER_PUBLISHED)
    assert {one.session for one in Transcript.objects.all()} == {over, rehearsal}


def test_nothing_is_done_before_it_is_due(series: Series, curator: User) -> None:
    now = database_now()
    running = make_session(series, curator, now - LENGTH + timedelta(milliseconds=1))
    draft = make_session(series, curator, now + timedelta(days=1, milliseconds=1), status="draft")
    run_once(now)
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not Transcript.objects.filter(session=running).exists()


def test_a_duty_that_fails_stops_no_other_and_is_logged_once(
    over: ChatSession, caplog: pytest.LogCaptureFixture
) -> None:
    Series.objects.update(time_zone="Nowhere/Land")
    conductor = Conductor()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            conductor.run_round()
    assert Transcript.objects.filter(session=over).exists()
    faults = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert faults == ["The conductor could not plan the sessions of #TalkTech"]
    Series.objects.update(time_zone="Europe/Berlin")
    conductor.run_round()
    assert conductor.faults == {}


def test_the_command_prints_what_was_done_and_what_failed(
    over: ChatSession, capsys: pytest.CaptureFixture[str]
) -> None:
    Series.objects.update(time_zone="Nowhere/Land")
    with pytest.raises(CommandError, match="Could not plan the sessions of #TalkTech"):
        call_command("conductor", once=True)
    assert f"The transcript of session {over.pk} is there: 0 posts." in capsys.readouterr().out
    Series.objects.update(time_zone="Europe/Berlin")
    call_command("conductor", once=True)
    assert "Planned" in capsys.readouterr().out


def test_nothing_is_closed_called_off_or_planned_while_the_clocks_disagree(
    over: ChatSession,
    curator: User,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_session(over.series, curator, over.starts_at - timedelta(days=7), status="draft")
    behind = timedelta(days=30)
    ours = Agreement(host=lambda: datetime.now(UTC) - behind)
    monkeypatch.setattr("talktech.conductor.AGREEMENT", ours)
    monkeypatch.setattr("curation.clock_agreement.AGREEMENT", ours)
    conductor = Conductor()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            conductor.run_round()
        assert ChatSession.objects.count() == 2
        assert not Transcript.objects.exists()
        assert not ChatSession.objects.filter(status="cancelled").exists()
        monkeypatch.setattr("talktech.conductor.AGREEMENT", Agreement())
        monkeypatch.setattr("curation.clock_agreement.AGREEMENT", Agreement())
        for _ in range(2):
            conductor.run_round()
    assert Transcript.objects.filter(session=over).exists()
    assert ChatSession.objects.filter(status="cancelled").count() == 1
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2 and "ahead of this host's" in said[0] and "agree again" in said[1]


@pytest.mark.django_db(transaction=True)
def test_the_thread_works_until_it_is_stopped(over: ChatSession) -> None:
    conductor = Conductor()
    conductor.start()
    try:
        wait_until(lambda: Transcript.objects.filter(session=over).exists())
    finally:
        began = time.monotonic()
        conductor.stop()
    assert time.monotonic() - began < 3
    assert conductor.thread is not None and not conductor.thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_conductor_waits_logs_it_once_and_goes_on(
    over: ChatSession, caplog: pytest.LogCaptureFixture
) -> None:
    conductor = Conductor()
    with caplog.at_level(logging.WARNING):
        with table_away("transcripts_transcript"):
            for _ in range(3):
                conductor.run_round()
        conductor.run_round()
        conductor.run_round()
    messages = [record.getMessage() for record in caplog.records]
    assert [message.split(":")[0] for message in messages] == [
        "The conductor waits for the database",
        "The conductor has its database back.",
    ]
    assert Transcript.objects.filter(session=over).exists()


@contextmanager
def table_away(name: str) -> Iterator[None]:
    """Rename a table, so that queries fail as with a database that is away, on both databases."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO elsewhere")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {name}")


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)


# In real processes


def seconds_after_the_end(site: Site, session_id: int) -> float:
    """Seconds from a session's end until its transcript was written, by the database's clock."""
    question = (
        "from transcripts.models import Transcript; "
        f"t = Transcript.objects.select_related('session').get(session={session_id}); "
        "print('after', (t.written_at - t.session.ends_at).total_seconds())"
    )
    return float(site.manage("shell", "-v0", "-c", question).split("after")[1])


def test_a_transcript_exists_within_five_seconds_with_nobody_signed_in(
    site: Site, server: Server
) -> None:
    rehearsal = site.rehearse(timedelta(seconds=8) - LENGTH)
    ends = time.monotonic() + (rehearsal.starts_at + LENGTH - datetime.now(UTC)).total_seconds()
    time.sleep(max(0.0, ends + PROMISE - time.monotonic()))
    assert 0 <= seconds_after_the_end(site, rehearsal.id) < PROMISE
    assert server.process.poll() is None


@pytest.mark.django_db
def test_the_command_works_as_a_process_and_stops_promptly(tmp_path: Path) -> None:
    with site_in(tmp_path) as site:  # without a server, whose conductor might be faster
        for how in (signal.SIGTERM, signal.SIGINT):
            rehearsal = site.rehearse(-LENGTH - timedelta(seconds=30))
            with conductor_in(site) as process:
                assert process.stdout is not None
                wanted = f"The transcript of session {rehearsal.id} is there"
                assert any(wanted in line for line in process.stdout)
                began = time.monotonic()
                process.send_signal(how)
                assert process.wait(timeout=20) == 0
                assert time.monotonic() - began < PROMISE
        assert site.manage("verify_transcripts").count(": ok") == 2


@contextmanager
def conductor_in(site: Site) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "conductor"],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


@pytest.mark.django_db
def test_expired_things_are_deleted_and_others_stay() -> None:
    now = database_now()
    for name, seconds in (("over", -60), ("fresh", 3600)):
        expires = now + timedelta(seconds=seconds)
        Session.objects.create(session_key=name, session_data="", expire_date=expires)
        cache.set(name, name, seconds)
        limits.count_try([Limit(name, 5, timedelta(seconds=30))], expires)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0] == 2
        assert run_once(now + timedelta(seconds=1))
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0] == 1
    assert [session.session_key for session in Session.objects.all()] == ["fresh"]
    assert Tally.objects.count() == 1


@pytest.mark.django_db
def test_expired_things_are_deleted_every_ten_minutes() -> None:
    conductor = Conductor()

    def names(minute: int) -> set[str]:
        now = THURSDAY + timedelta(minutes=minute)
        return {name for name, _ in conductor.duties(now, now)}

    rare = {"delete expired sign-ins", "delete counts of tries", "delete former names"}
    found = [rare & names(minute) for minute in range(21)]
    assert [minute for minute, some in enumerate(found) if some] == [0, 10, 20]
    assert found[0] == found[10] == found[20] == rare


@pytest.mark.django_db
def test_a_duty_that_fails_does_not_stop_the_rare_ones(
    series: Series, caplog: pytest.LogCaptureFixture
) -> None:
    Series.objects.update(time_zone="Nowhere/Land")
    now = database_now()
    Session.objects.create(session_key="over", session_data="", expire_date=now)
    assert run_once(now + timedelta(seconds=1)) == ["Deleted 1 expired sign-ins."]
    assert "The conductor could not plan the sessions of #TalkTech" in caplog.messages
