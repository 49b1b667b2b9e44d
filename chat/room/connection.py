"""One tab of one person in a room: what admitted it, and what the room does with it."""

from dataclasses import dataclass
from typing import Protocol

from chat.attendance import Here
from chat.law.sign_ins import SignIn
from chat.room.presence import Person
from chat.room.reader import Facts
from chat.wire.frames import Frame


@dataclass(frozen=True, slots=True)
class Admission:
    """A person whom the server has let into a session's room.

    `sign_in` is None for the product's own simulated people, who have no browser.
    """

    person_id: int
    person: Person
    here: Here
    facts: Facts
    sign_in: SignIn | None


class Connection(Protocol):
    """One tab of one person, by socket or by polling."""

    admission: Admission

    def hear(self, frame: Frame) -> None:
        """Queue a frame that goes to everyone; never waits, and is as short as can be."""

    def put(self, frame: Frame | str, *, is_history: bool = False) -> None:
        """Queue a frame; never waits. History may be long: it makes nobody a slow reader."""

    def send_away(self, code: int) -> None:
        """Close with that code, after what was put before."""
