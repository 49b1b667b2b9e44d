"""Which sessions exist: planned eight weeks ahead, moved with the series, called off when late.

A week has one session, found by its slot: a called-off session still uses up its week, and a moved
one keeps its slot. So planning again, or in two processes at once, adds nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from curation.law import recurrence
from curation.law.agenda import LOBBY
from curation.models import NEVER_PUBLISHED, ChatSession, Series, create_session
from curation.rota import turns
from people.models import User

WEEKS = 8


def plan(series: Series, now: datetime) -> list[ChatSession]:
    """Create the missing sessions of the next eight weeks, and return them.

    It is cheap when none is missing, because it runs every second.
    """
    if not missing_slots(series, now):
        return []
    with transaction.atomic():
        locked = Series.objects.select_for_update().get(pk=series.pk)
        return [
            create_session(
                locked, slot.day, slot.starts_at, curator=turns.next_curator(locked, slot.day)
            )
            for slot in missing_slots(locked, now)
        ]


def missing_slots(series: Series, now: datetime) -> list[recurrence.Slot]:
    """The slots of the next eight weeks in which no session has its slot or takes place."""
    slots = recurrence.following(series.weekday, series.local_time, series.zone, now + LOBBY, WEEKS)
    first = recurrence.same_week(slots[0].day, 0)
    taken = series.sessions.filter(Q(slot__gte=first) | Q(date__gte=first)).values_list(
        "slot", "date"
    )
    weeks = {recurrence.same_week(slot, 0) for slot, _ in taken if slot}
    days = {day for _, day in taken}
    return [
        slot
        for slot in slots
        if recurrence.same_week(slot.day, 0) not in weeks
        and slot.starts_at.astimezone(series.zone).date() not in days
    ]


def call_off_unpublished(now: datetime) -> list[int]:
    """Call off the sessions that should have started and were never published. Returns their ids.

    Each is updated only while it is still a draft, so two processes call it off once.
    """
    due = ChatSession.objects.due_to_call_off(now)
    return [
        pk
        for pk in due.values_list("pk", flat=True)
        if due.filter(pk=pk).update(
            status=ChatSession.Status.CANCELLED,
            called_off_because=NEVER_PUBLISHED,
            edition=F("edition") + 1,
        )
    ]


@dataclass(frozen=True, slots=True)
class Rule:
    """When the weekly chat takes place."""

    weekday: int
    local_time: time
    time_zone: str

    @classmethod
    def of(cls, series: Series) -> "Rule":
        return cls(series.weekday, series.local_time, series.time_zone)

    def starts_at(self, slot: date) -> datetime:
        """The instant at which the session of that slot starts."""
        return recurrence.instant(slot, self.local_time, ZoneInfo(self.time_zone))


@dataclass(frozen=True, slots=True)
class Changes:
    """The sessions that a change of the series moved, gave another curator, or added."""

    moved: list[ChatSession]
    reassigned: list[ChatSession]
    planned: list[ChatSession]


def apply_to_sessions(
    series: Series, before: Rule, now: datetime, *, is_new_rota: bool = False
) -> Changes:
    """Apply a changed rule or rota to the sessions that nobody has prepared yet."""
    with transaction.atomic():
        Series.objects.select_for_update().get(pk=series.pk)
        moved = move_unprepared(series, before, now) if Rule.of(series) != before else []
        assign = turns.assign_new_rota if is_new_rota else turns.assign_missing_curators
        reassigned = assign(series, now)
        planned = plan(series, now)
    return Changes(moved, reassigned, planned)


def plan_first_sessions(series: Series, first_curator: User, now: datetime) -> None:
    """Plan a new series. `first_curator`, who sets it up, gets the first session only."""
    plan(series, now)
    if session := turns.next_to_prepare(series, now):
        session.hand_over(now, first_curator)


def move_unprepared(series: Series, before: Rule, now: datetime) -> list[ChatSession]:
    """Move the future sessions that nobody has prepared to the new weekday of their own week.

    A session that is published, prepared or was moved by hand stays where it is. So does one whose
    lobby would be open already, or whose new day is taken. Returns the sessions that moved.
    """
    moved = []
    for session in turns.unprepared(series, now):
        assert session.slot is not None
        if session.starts_at != before.starts_at(session.slot):
            continue
        day = recurrence.same_week(session.slot, series.weekday)
        starts_at = Rule.of(series).starts_at(day)
        date_ = starts_at.astimezone(series.zone).date()
        others = series.sessions.exclude(pk=session.pk)
        if starts_at - LOBBY > now and not others.filter(date=date_).exists():
            session.slot, session.date, session.starts_at = day, date_, starts_at
            session.save_edition("slot", "date", "starts_at")
            moved.append(session)
    return moved
