"""What may be done to a session at an instant: the only judge of it, asked by every verb.

Until the lobby opens a session may be prepared, moved, handed over and called off; until it starts
it may be published; from the opening of the lobby nothing of it changes, except that an article
may be hidden or shown again. What is not published when it should start is called off by itself.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from curation.law import agenda
from curation.law.checklist import Need, needs

if TYPE_CHECKING:
    from curation.models import ChatSession

FURTHEST = timedelta(days=366)


class NotAllowed(ValidationError):
    """The law forbids it: `code` for programs, `messages` (one sentence or more) for people."""

    def __init__(self, code: str, *sentences: str) -> None:
        super().__init__(sentences[0] if len(sentences) == 1 else list(sentences), code)
        self.code = code


class Incomplete(NotAllowed):
    """It can't be published yet, or has to stay complete: `needs` says what is missing where."""

    def __init__(self, found: list[Need]) -> None:
        super().__init__("incomplete", *(need.sentence for need in found))
        self.needs = found


def why_frozen(session: "ChatSession", now: datetime) -> NotAllowed | None:
    """The reason why nothing of it can change at that instant, or None while it can."""
    if session.is_called_off(now):
        return NotAllowed("cancelled", "This session was called off and can’t be changed.")
    if now >= session.ends_at:
        return NotAllowed("closed", "This session is over. You can still hide articles.")
    if now >= session.lobby_opens_at:
        return NotAllowed(
            "lobby_open",
            "The lobby is open. From now on you can only hide articles.",
        )
    return None


def check_may_change(session: "ChatSession", now: datetime) -> None:
    if refusal := why_frozen(session, now):
        raise refusal


def check_may_publish(session: "ChatSession", now: datetime) -> None:
    if session.is_called_off(now):
        raise NotAllowed(
            "cancelled",
            "This session was called off and can’t be published."
            if session.status == session.Status.CANCELLED
            else "It’s too late: sessions can only be published before they start.",
        )
    check_complete(session)


def check_complete(session: "ChatSession") -> None:
    if found := needs(session):
        raise Incomplete(found)


def check_may_move(session: "ChatSession", now: datetime, to: datetime) -> None:
    """It may leave its time, and the new one is still to come for everybody else."""
    check_may_change(session, now)
    if agenda.lobby_opens_at(to) <= now:
        raise NotAllowed(
            "too_soon",
            "Choose a later time. The lobby opens ten minutes before the start, "
            "and that must still be in the future.",
        )
    if to - now > FURTHEST:
        raise NotAllowed("too_far", "Choose a time within the next year.")
