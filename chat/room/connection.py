"""One tab of one person in a room: what admitted it, and what the room sends to it."""

from dataclasses import dataclass
from typing import Protocol

from chat.attendance import Here
from chat.law.sign_ins import SignIn
from chat.room.presence import Person
from chat.room.reader import SessionFacts
from chat.wire.frames import Frame


@dataclass(frozen=True, slots=True)
class Admission:
    """A person whom the server has let into a session's room.

    `sign_in` is None for the demo's simulated people, who have no browser.
    """

    person_id: int
    person: Person
    here: Here
    facts: SessionFacts
    sign_in: SignIn | None


class Connection(Protocol):
    """One tab of one person, by socket or by polling."""

    admission: Admission

    def send_frame(self, frame: Frame) -> None:
        """Queue a frame that goes to everyone. It never waits, and must be cheap to call."""

    def send_text(self, text: str, *, is_history: bool = False) -> None:
        """Queue a frame for this tab alone; never waits.

        History may be long, so it does not count as a backlog of a slow reader.
        """

    def send_away(self, code: int) -> None:
        """Close with that close code, after everything queued so far."""
