"""The database's time in a process stays right, however slow its answers are."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chat.room import database_clock
from chat.room.database_clock import DatabaseClock

ORIGIN = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


class Line:
    """A database whose clock reads ORIGIN at 0, over a line with delays in seconds."""

    def __init__(self, off_by: float = 0) -> None:
        self.clock = DatabaseClock()
        self.clock.origin = ORIGIN + timedelta(seconds=off_by)
        self.clock.measured_at = 0.0
        self.at = 0.0
        self.step = 0.0

    def ask(self, there: float, back: float) -> float:
        """Ask once; the clock's error afterwards, in seconds (positive: it is ahead)."""
        asked = self.at
        told = ORIGIN + timedelta(seconds=asked + there + self.step)
        told = told.replace(microsecond=told.microsecond // 1000 * 1000)
        answered = asked + there + back
        self.clock.add_measurement(asked, told, answered)
        self.at = answered + 10
        return self.error()

    def error(self) -> float:
        true = ORIGIN + timedelta(seconds=self.step)
        return (self.clock.origin - true).total_seconds()


@pytest.mark.parametrize("off_by", [-3600, -3, 3, 7200])
def test_one_quick_answer_sets_the_clock(off_by: float) -> None:
    assert abs(Line(off_by).ask(0.001, 0.001)) <= 0.002


@pytest.mark.parametrize(("there", "back"), [(1.5, 0.001), (0.001, 1.5), (4, 0.001), (0.001, 4)])
def test_slow_answers_do_not_move_a_clock_that_is_right(there: float, back: float) -> None:
    line = Line()
    line.ask(0.001, 0.001)
    for _ in range(60):
        assert abs(line.ask(there, back)) <= 0.002
    # One that is quick enough to be measured, and worse than what is known, moves nothing either.
    assert abs(line.ask(0.199, 0.0)) <= 0.002


@pytest.mark.parametrize(("there", "back"), [(1.5, 0.001), (0.001, 4)])
def test_a_slow_first_answer_does_not_move_a_clock_that_is_right(there: float, back: float) -> None:
    line = Line()
    assert abs(line.ask(there, back)) <= 0.002
    assert not line.clock.is_sure
    line.ask(0.001, 0.001)
    assert line.clock.is_sure


def test_slow_first_answers_set_a_clock_that_is_wrong() -> None:
    line = Line(off_by=3600)
    assert abs(line.ask(1.5, 0.5)) <= 2.002
    assert abs(line.ask(0.3, 0.3)) <= 0.602
    assert not line.clock.is_sure


@pytest.mark.parametrize("step", [-2.0, 2.0])
def test_a_step_of_the_databases_clock_is_followed(step: float) -> None:
    line = Line()
    line.ask(0.001, 0.001)
    line.step = step
    assert abs(line.ask(0.05, 0.0)) <= 0.052
    assert abs(line.ask(0.001, 0.001)) <= 0.002


def test_a_trip_at_the_limit_is_measured_and_one_past_it_is_not() -> None:
    line = Line(off_by=0.05)
    assert line.ask(0.1, 0.1) == pytest.approx(0, abs=0.002)
    line = Line(off_by=0.05)
    assert line.ask(0.1, 0.101) == pytest.approx(0.05, abs=0.002)


def test_clocks_that_disagree_are_warned_of_once_until_they_agree(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = DatabaseClock()
    clock.uncertainty = 0.0
    for seconds in (0, 3, 3, -4, 1, 3):
        clock.compare_host(clock.now() + timedelta(seconds=seconds))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_a_slow_answer_warns_of_no_disagreement(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = DatabaseClock()
    told = datetime.now(UTC) - timedelta(hours=1)

    def slow() -> datetime:
        clock_of_process[0] += 5.0
        return told

    clock_of_process = [clock.measured_at]
    monkeypatch.setattr(database_clock, "database_now", slow)
    ours = SimpleNamespace(monotonic=lambda: clock_of_process[0])
    monkeypatch.setattr(database_clock, "time", ours)
    clock.measure()
    monkeypatch.undo()
    assert not clock.is_sure
    assert not caplog.records
