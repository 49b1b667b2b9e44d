"""Who curates which session: the curators in turn, dealt again when the rota changes."""

from collections.abc import Iterator
from datetime import date, datetime

from curation.law import recurrence
from curation.law.agenda import LOBBY
from curation.models import ChatSession, Series
from people.models import User


def people_in_turn(series: Series) -> list[User]:
    """The curators of the rota in their order; those who can't sign in too."""
    return [turn.person for turn in series.turns.select_related("person__team")]


def next_curator(series: Series, slot: date) -> User | None:
    """Whose turn it is after the last session before that slot that somebody in turn curated."""
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


def deal(series: Series, now: datetime) -> list[ChatSession]:
    """Give the sessions that nobody has touched to the rota's curators, in turn.

    From the second on: whose session comes next may be counting on it already. Returns the
    sessions whose curator changed.
    """
    first = next_to_prepare(series, now)
    return [
        session
        for session in unprepared(series, now)
        if why_it_stays(series, session, first) is None and give_in_turn(series, session)
    ]


def fill(series: Series, now: datetime) -> list[ChatSession]:
    """Give a curator to the unprepared sessions that have none, or one who can't sign in."""
    return [
        session
        for session in unprepared(series, now)
        if not can_curate(session.curator) and give_in_turn(series, session)
    ]


def give_in_turn(series: Series, session: ChatSession) -> bool:
    """Give a session, which is held, to whose turn it is; whether that is somebody else."""
    assert session.slot is not None
    curator = next_curator(series, session.slot)
    if curator == session.curator:
        return False
    session.curator, session.is_handed_over = curator, False
    session.store("curator", "is_handed_over")
    return True


def why_it_stays(series: Series, session: ChatSession, first: ChatSession | None) -> str | None:
    """Why a new rota leaves this unprepared session to its curator; None where it doesn't."""
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
    """The next session whose lobby is still to come."""
    return series.sessions.upcoming(now + LOBBY).filter(starts_at__gt=now + LOBBY).first()


def unprepared(series: Series, now: datetime) -> Iterator[ChatSession]:
    """Each future draft in which nobody has written anything, held while it is worked on."""
    for session in series.sessions.unprepared(now):
        with session.held():
            if ChatSession.objects.unprepared(now).filter(pk=session.pk).exists():
                yield session
