"""The law of the room, as a table and as a property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.law.clock import phase_at
from curation.law import agenda

STARTS_AT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "name", "topic"),
    [
        (-600.001, "scheduled", None),
        (-600, "lobby", None),
        (-0.001, "lobby", None),
        (0, "topic", 1),
        (599.999, "topic", 1),
        (600, "topic", 2),
        (1199.999, "topic", 2),
        (1200, "topic", 3),
        (1799.999, "topic", 3),
        (1800, "closed", None),
        (86_400 * 365, "closed", None),
    ],
)
def test_a_boundary_belongs_to_the_later_phase(
    seconds: float, name: str, topic: int | None
) -> None:
    phase = phase_at(STARTS_AT, STARTS_AT + timedelta(seconds=seconds))
    assert (phase.name, phase.topic) == (name, topic)


def test_a_session_that_was_called_off_has_no_other_phase() -> None:
    for minutes in (-60, -5, 0, 15, 30):
        phase = phase_at(STARTS_AT, STARTS_AT + timedelta(minutes=minutes), cancelled=True)
        assert (phase.name, phase.topic, phase.ends_at) == ("cancelled", None, None)


@given(
    starts_at=st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    offset=st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2)),
)
def test_phases_tile_the_line(starts_at: datetime, offset: timedelta) -> None:
    now = starts_at + offset
    phase = phase_at(starts_at, now)
    if phase.ends_at is not None:
        assert now < phase.ends_at
        following = phase_at(starts_at, phase.ends_at)
        assert following != phase
        just_before = phase_at(starts_at, phase.ends_at - timedelta(microseconds=1))
        assert just_before == phase
    else:
        assert now >= agenda.ends_at(starts_at)
