"""What a room knows at this moment: its session, its posts, its people, its phase."""

from chat.hosting import Hosting
from chat.law import roles
from chat.law.clock import Phase, phase_at
from chat.room.audience import Audience
from chat.room.database_clock import DatabaseClock
from chat.room.history import History
from chat.room.reader import SessionFacts
from chat.room.roster import Roster


class RoomState:
    """Shared by the parts of one room; only the event loop's thread changes it."""

    def __init__(self, facts: SessionFacts, clock: DatabaseClock) -> None:
        self.facts = facts
        self.hosting = facts.hosting
        self.clock = clock
        self.history = History()
        self.roster = Roster()
        self.audience = Audience()
        self.update_hosts()

    @property
    def rev(self) -> int:
        return self.history.rev

    def current_phase(self) -> Phase:
        return phase_at(self.facts.starts_at, self.clock.now(), cancelled=self.facts.cancelled)

    @property
    def hosts(self) -> frozenset[int]:
        is_over = self.current_phase().name == "closed"
        crew, chairs = self.hosting.crew, self.hosting.chairs
        return roles.hosts(crew, self.facts.curator_id, chairs, is_over=is_over)

    @property
    def curator_id(self) -> int | None:
        """The curator, whose posts are marked as the host's; None once they lost the role."""
        curator_id = self.facts.curator_id
        return curator_id if curator_id in self.hosting.crew else None

    def set_facts(self, facts: SessionFacts) -> None:
        self.facts = facts
        self.update_hosts()

    def set_hosting(self, hosting: Hosting) -> None:
        self.hosting = hosting
        self.update_hosts()

    def update_hosts(self) -> None:
        """To be called when the phase has changed, too: nobody stands in after the end."""
        self.roster.hosts = self.hosts
