"""What may be done to a session at an instant. Every verb of a session asks here, and only here.

Until its lobby opens, a session may be prepared, moved, handed over and called off. Until it
starts, it may be published. Once the lobby is open nothing changes, except that an article may be
hidden or shown again. A session that is not published when it should start is called off.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from curation.law import agenda
from curation.law.checklist import Content, Need, needs

FURTHEST = timedelta(days=366)

Status = Literal["draft", "published", "cancelled"]


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What decides what may be done to a session."""

    starts_at: datetime
    status: Status

    def is_called_off(self, now: datetime) -> bool:
        """True for a cancelled session, and for a draft from its start on."""
        is_late = self.status == "draft" and now >= self.starts_at
        return is_late or self.status == "cancelled"


class NotAllowed(Exception):
    """The law forbids it: `code` for programs, `messages` (one sentence or more) for people."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.code = code
        self.messages = list(messages)


class Incomplete(NotAllowed):
    """It can't be published yet, or has to stay complete: `needs` says what is missing where."""

    def __init__(self, found: list[Need]) -> None:
        super().__init__("incomplete", *(need.sentence for need in found))
        self.needs = found


def why_frozen(session: SessionFacts, now: datetime) -> NotAllowed | None:
    """Why nothing of the session can change at that instant; None while it can."""
    if session.is_called_off(now):
        return NotAllowed("cancelled", "This session was called off and can’t be changed.")
    if now >= agenda.ends_at(session.starts_at):
        return NotAllowed("closed", "This session is over. You can still hide articles.")
    if now >= agenda.lobby_opens_at(session.starts_at):
        return NotAllowed(
            "lobby_open",
            "The lobby is open. From now on you can only hide articles.",
        )
    return None


def check_may_change(session: SessionFacts, now: datetime) -> None:
    """Raise NotAllowed if the session can't be prepared, handed over or called off."""
    if refusal := why_frozen(session, now):
        raise refusal


def check_may_publish(session: SessionFacts, content: Content, now: datetime) -> None:
    """Raise NotAllowed if it is called off or late, Incomplete if something is missing."""
    if session.status == "cancelled":
        raise NotAllowed("cancelled", "This session was called off and can’t be published.")
    if session.is_called_off(now):
        sentence = "It’s too late: sessions can only be published before they start."
        raise NotAllowed("cancelled", sentence)
    check_complete(content)


def check_complete(content: Content) -> None:
    """Raise Incomplete if something is missing."""
    if found := needs(content):
        raise Incomplete(found)


def check_may_move(session: SessionFacts, now: datetime, to: datetime) -> None:
    """Raise NotAllowed unless the lobbies of both times are still to open."""
    check_may_change(session, now)
    if agenda.lobby_opens_at(to) <= now:
        raise NotAllowed(
            "too_soon",
            "Choose a later time. The lobby opens ten minutes before the start, "
            "and that must still be in the future.",
        )
    if to - now > FURTHEST:
        raise NotAllowed("too_far", "Choose a time within the next year.")
