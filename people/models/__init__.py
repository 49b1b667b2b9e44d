"""People, their teams, the domains that may sign up, the counts of tries and the audit log."""

from people.models.audit_entry import AuditEntry
from people.models.sign_up_domain import SignUpDomain
from people.models.tally import Tally
from people.models.team import Team
from people.models.user import User, UserManager, display_name, known_zone

__all__ = (
    "AuditEntry",
    "SignUpDomain",
    "Tally",
    "Team",
    "User",
    "UserManager",
    "display_name",
    "known_zone",
)
