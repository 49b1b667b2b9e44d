"""The calendar filled in by itself: eight weeks ahead, the curators in turn, once each.

A week has one session, found by its slot: a called-off week stays called off, a moved one keeps
its slot, and running this again, or in two processes at once, adds nothing.
"""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import F, Q

from curation.law import recurrence
from curation.law.agenda import LOBBY
from curation.models import NEVER_PUBLISHED, ChatSession, Series, create_session
from curation.rota import turns
from people.models import User

WEEKS = 8


def plan(series: Series, now: datetime) -> list[ChatSession]:
    """Create what is missing of the next eight weeks; returns the new sessions.

    Cheap when nothing is: the conductor asks every second.
    """
    if not missing_slots(series, now):
        return []
    with transaction.atomic():
        held = Series.objects.select_for_update().get(pk=series.pk)
        made = [
            create_session(
                held, slot.day, slot.starts_at, curator=turns.next_curator(held, slot.day)
            )
            for slot in missing_slots(held, now)
        ]
    return made


def missing_slots(series: Series, now: datetime) -> list[recurrence.Slot]:
    """Those of the next eight whose week has no session, and whose day is not taken by a move."""
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
    """Call off what should have started and was never published; returns the sessions' ids.

    Each is updated where it is still a draft, so two processes call it off once.
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
    """When the weekly chat is."""

    weekday: int
    local_time: time
    time_zone: str

    @classmethod
    def of(cls, series: Series) -> "Rule":
        return cls(series.weekday, series.local_time, series.time_zone)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a change of the series did to its sessions."""

    moved: list[ChatSession]
    given: list[ChatSession]
    made: list[ChatSession]


def settle(series: Series, before: Rule, now: datetime, *, is_new_rota: bool = False) -> Settled:
    """After the admin has changed the rule or the rota: what nobody has prepared yet follows."""
    with transaction.atomic():
        Series.objects.select_for_update().get(pk=series.pk)
        moved = follow(series, before, now) if Rule.of(series) != before else []
        given = turns.deal(series, now) if is_new_rota else turns.fill(series, now)
        made = plan(series, now)
    return Settled(moved, given, made)


def begin(series: Series, first_curator: User, now: datetime) -> None:
    """Plan a new series; only the first session is whose it is that sets it up."""
    plan(series, now)
    if session := turns.next_to_prepare(series, now):
        session.hand_over(now, first_curator)


def follow(series: Series, before: Rule, now: datetime) -> list[ChatSession]:
    """Move the future sessions that nobody has prepared to the new weekday of their own week.

    What is published, prepared or moved by hand stays; so does a session whose lobby would be
    open already, or whose new day is taken. Returns the sessions that moved.
    """
    old = Series(weekday=before.weekday, local_time=before.local_time, time_zone=before.time_zone)
    moved = []
    for session in turns.unprepared(series, now):
        assert session.slot is not None
        if session.starts_at != recurrence.instant(session.slot, old.local_time, old.zone):
            continue
        day = recurrence.same_week(session.slot, series.weekday)
        starts_at = recurrence.instant(day, series.local_time, series.zone)
        date_ = starts_at.astimezone(series.zone).date()
        others = series.sessions.exclude(pk=session.pk)
        if starts_at - LOBBY > now and not others.filter(date=date_).exists():
            session.slot, session.date, session.starts_at = day, date_, starts_at
            session.store("slot", "date", "starts_at")
            moved.append(session)
    return moved
