"""What was done to people and their rights: in the audit log, and a line in the security log.

What an event is called there: `people.security_log`. What is shown here is words for admins to
read.
"""

from django.http import HttpRequest
from django.utils import timezone

from people import security_log
from people.models import AuditEntry, User


def record(
    request: HttpRequest | None, event: str, action: str, subject: str, **more: object
) -> None:
    """Write down who did it (nobody: the command line), to whom or what, and when."""
    actor = request.user if request is not None else None
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=actor if isinstance(actor, User) else None,
        action=action,
        subject=subject[:200],
        reason="" if request is not None else "From the command line",
    )
    security_log.write_event(event, request, **more)


def described(person: User, email: str = "") -> str:
    return f"{person.name} <{email or person.email}>"
