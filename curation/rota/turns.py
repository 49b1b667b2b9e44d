"""Assigns curators to sessions: the people of the rota in turn, also after the rota has changed."""

from collections.abc import Iterator
from datetime import date, datetime

from curation.law import recurrence
from curation.law.agenda import LOBBY
from curation.models import ChatSession, Series
from people.models import User


def people_in_turn(series: Series) -> list[User]:
    """The people of the rota in their order, including those who can't sign in."""
    return [turn.person for turn in series.turns.select_related("person__team")]


def next_curator(series: Series, slot: date) -> User | None:
    """Whose turn that slot is: the next person after the one who curated last; None without rota.

    People who can't sign in are skipped. Sessions of curators outside the rota do not count.
    """
    rotation = [person for person in people_in_turn(series) if person.is_active]
    if not rotation:
        return None
    last = (
        series.sessions.filter(slot__lt=slot, curator__in=rotation)
        .order_by("-slot")
        .values_list("curator", flat=True)
        .first()
    )
    places = [person.pk for person in rotation]
    return rotation[(places.index(last) + 1) % len(places)] if last else rotation[0]


def assign_new_rota(series: Series, now: datetime) -> list[ChatSession]:
    """Assign the unprepared sessions to the people of the rota, in turn; see `why_curator_stays`.

    Returns the sessions whose curator changed.
    """
    first = next_to_prepare(series, now)
    return [
        session
        for session in unprepared(series, now)
        if why_curator_stays(series, session, first) is None and assign_in_turn(series, session)
    ]


def assign_missing_curators(series: Series, now: datetime) -> list[ChatSession]:
    """Assign a curator to the unprepared sessions without one, or with one who can't sign in.

    Returns the sessions whose curator changed.
    """
    return [
        session
        for session in unprepared(series, now)
        if not can_curate(session.curator) and assign_in_turn(series, session)
    ]


def assign_in_turn(series: Series, session: ChatSession) -> bool:
    """Assign a session, whose row is locked, by turn. Returns whether its curator changed."""
    assert session.slot is not None
    curator = next_curator(series, session.slot)
    if curator == session.curator:
        return False
    session.curator, session.is_handed_over = curator, False
    session.save_edition("curator", "is_handed_over")
    return True


def why_curator_stays(
    series: Series, session: ChatSession, first: ChatSession | None
) -> str | None:
    """Why an unprepared session keeps its curator under a new rota; None if it doesn't.

    `first` is the next session: its curator may be preparing for it already.
    """
    if not can_curate(session.curator):
        return None
    if session == first:
        return "it’s the next one"
    if session.is_handed_over:
        return "handed over by hand"
    return "moved by hand" if is_moved(series, session) else None


def is_moved(series: Series, session: ChatSession) -> bool:
    """Is it at another time than the weekly chat?"""
    assert session.slot is not None
    return session.starts_at != recurrence.instant(session.slot, series.local_time, series.zone)


def can_curate(person: User | None) -> bool:
    return person is not None and person.is_active


def next_to_prepare(series: Series, now: datetime) -> ChatSession | None:
    """The next session whose lobby is still to open."""
    return series.sessions.upcoming(now + LOBBY).filter(starts_at__gt=now + LOBBY).first()


def unprepared(series: Series, now: datetime) -> Iterator[ChatSession]:
    """Each future draft in which nobody has written anything, locked while it is worked on."""
    for session in series.sessions.unprepared(now):
        with session.locked():
            if ChatSession.objects.unprepared(now).filter(pk=session.pk).exists():
                yield session
