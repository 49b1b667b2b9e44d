"""Records what is done to people and their rights, in the audit log and in the security log."""

from django.http import HttpRequest
from django.utils import timezone

from people import security_log
from people.models import AuditEntry, User


def record(
    request: HttpRequest | None, event: str, action: str, subject: str, **more: object
) -> None:
    """Record an act with its actor (no `request`: the command line), subject and instant.

    `action` is in words for admins; `event` and `more` are for `people.security_log`.
    """
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
