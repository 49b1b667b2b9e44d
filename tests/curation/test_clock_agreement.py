"""The certain instant is the earliest of three clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from curation.clock import database_now
from curation.clock_agreement import BOUND, SETTLED, Agreement, certain_now

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


class Machine:
    """A host with a clock that can be set, and a steady clock."""

    def __init__(self) -> None:
        self.uptime, self.set_by = 0.0, timedelta()
        self.agreement = Agreement(self.host, lambda: self.uptime)

    def host(self) -> datetime:
        return self.true + self.set_by

    @property
    def true(self) -> datetime:
        return NOON + seconds(self.uptime)

    def pass_by(self, count: float) -> None:
        """Let time pass while the clocks are compared every second, as the conductor does."""
        for _ in range(int(count)):
            self.uptime += 1
            self.agreement.certain(self.host())

    def certain(self, database_ahead: timedelta = timedelta()) -> timedelta:
        """How far ahead of the true time the certain instant is."""
        return self.agreement.certain(self.true + database_ahead) - self.true


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_clocks_that_agree_give_the_database_s_time(machine: Machine) -> None:
    machine.pass_by(5)
    assert machine.certain(-MILLISECOND) == -MILLISECOND
    assert machine.certain(timedelta()) == timedelta()


def test_a_database_that_is_ahead_is_not_trusted(machine: Machine) -> None:
    assert machine.certain(seconds(2)) == timedelta()
    assert machine.certain(timedelta(days=400)) == timedelta()


def test_a_host_that_is_ahead_is_not_trusted(machine: Machine) -> None:
    machine.set_by = timedelta(hours=3)
    assert machine.certain() == timedelta()


def test_the_clock_that_is_behind_counts(machine: Machine) -> None:
    assert machine.certain(seconds(-90)) == seconds(-90)
    machine.set_by = seconds(-90)
    assert machine.certain() == seconds(-90)


def test_a_step_of_the_one_clock_of_a_machine_is_noticed(machine: Machine) -> None:
    machine.pass_by(5)
    machine.set_by = seconds(2)
    assert machine.certain(machine.set_by) == timedelta()
    machine.set_by = timedelta()
    assert machine.certain() == timedelta()


@pytest.mark.parametrize("step", [timedelta(hours=2), -timedelta(hours=2)])
def test_a_clock_that_was_set_is_trusted_after_running_evenly(
    machine: Machine, step: timedelta
) -> None:
    machine.pass_by(5)
    machine.set_by = step
    machine.agreement.certain(machine.host())
    machine.pass_by(SETTLED - 1)
    assert machine.certain(step) == min(step, timedelta())
    machine.pass_by(1)
    assert machine.certain(step) == step


def test_a_clock_that_steps_again_and_again_is_not_trusted(machine: Machine) -> None:
    for count in range(1, 10):
        machine.set_by = seconds(5 * count)
        machine.agreement.certain(machine.host())
        machine.pass_by(SETTLED - 1)
        assert machine.certain(machine.set_by) == timedelta()


def test_a_clock_that_drifts_is_followed(machine: Machine) -> None:
    for _ in range(20):
        machine.set_by += BOUND / 4
        machine.pass_by(1)
    assert machine.certain(machine.set_by) == machine.set_by


def test_on_this_machine_the_certain_instant_is_the_current_one(db: None) -> None:
    assert abs(certain_now() - database_now()) < seconds(5)
