"""What hosts do: take the chair, silence people, hold prompts back.

The curator hosts. While the curator is not in the room, any curator or admin may take the chair.
People who lost these roles can no longer host (`chat.law.roles`). Each action is written in the
audit log, and every process reads its effect within a second.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chat import prompts
from chat.law import roles
from chat.law.clock import phase_at
from chat.law.rules import Refused
from chat.law.sign_ins import SignIn
from chat.ledger.standing import check_sign_in
from chat.models import Chair, Silence
from chat.prompts import PromptFact
from curation.clock import database_now
from curation.models import ChatSession
from curation.rota.curators import curator_ids
from people.models import AuditEntry, User


@dataclass(frozen=True, slots=True)
class Hosting:
    """Ids of curators and admins (`crew`), stand-ins (`chairs`), silenced people; prompts."""

    crew: frozenset[int]
    chairs: frozenset[int]
    silenced: frozenset[int]
    prompts: tuple[PromptFact, ...]


def read_hosting(session_id: int) -> Hosting:
    chairs = Chair.objects.filter(session=session_id).values_list("person", flat=True)
    silenced = Silence.objects.filter(session=session_id).values_list("person", flat=True)
    return Hosting(
        curator_ids(), frozenset(chairs), frozenset(silenced), prompts.read_prompts(session_id)
    )


@contextmanager
def locked_session(
    session_id: int, sign_in: SignIn | None
) -> Iterator[tuple[ChatSession, datetime]]:
    """Yield the session under its lock, and the instant read after locking it.

    Raises SignedOut if the sign-in no longer holds by then.
    """
    with transaction.atomic():
        session = ChatSession.objects.select_for_update().get(pk=session_id)
        now = database_now()
        if sign_in is not None:
            check_sign_in(sign_in, now)
        yield session, now


# Each of these raises Refused, or SignedOut.


def take_chair(
    session_id: int, person_id: int, here: Collection[int], sign_in: SignIn | None = None
) -> None:
    """Let a person host in the curator's place. `here` are the people in the room."""
    with locked_session(session_id, sign_in) as (session, now):
        hosts = hosts_of(session, now)
        if person_id in hosts:
            return
        if person_id not in curator_ids():
            raise Refused("not_host", "Only a curator or admin can step in as host.")
        if session.curator_id in hosts and session.curator_id in here:
            raise Refused("not_host", "This session’s curator is here and hosting.")
        phase = phase_at(session.starts_at, now, cancelled=not session.is_published)
        if phase.name == "closed":
            raise Refused("closed", "The session has ended, so there is nothing left to host.")
        if phase.name in ("scheduled", "cancelled"):
            raise Refused("not_started" if phase.name == "scheduled" else "cancelled")
        # They may have lost the role and got it back.
        Chair.objects.get_or_create(session=session, person_id=person_id, defaults={"at": now})
        write_audit_entry(now, person_id, "took over as host", str(session))


def silence(
    session_id: int, by: int, person_id: int, *, on: bool, sign_in: SignIn | None = None
) -> None:
    """Stop a person from posting in this session (`on`), or allow it again."""
    with locked_session(session_id, sign_in) as (session, now):
        hosts = hosts_of(session, now)
        if by not in hosts:
            raise Refused("not_host")
        person = User.objects.filter(pk=person_id).first()
        if person is None:
            raise Refused("not_found", "This person doesn’t exist.")
        if person_id in hosts:
            raise Refused("not_yours", "You can’t mute a host.")
        there = Silence.objects.filter(session=session, person=person)
        if there.exists() == on:
            return
        if on:
            Silence.objects.create(session=session, person=person, by_id=by, at=now)
        else:
            there.delete()
        write_audit_entry(
            now, by, "silenced" if on else "unsilenced", f"{person.name} in {session}"
        )


def hold_prompt(
    session_id: int, by: int, prompt_id: int, *, hold: bool, sign_in: SignIn | None = None
) -> None:
    """Hold a prompt back, or release it."""
    with locked_session(session_id, sign_in) as (session, now):
        if by not in hosts_of(session, now):
            raise Refused("not_host")
        prompts.hold_prompt(session, prompt_id, hold=hold)


def hosts_of(session: ChatSession, now: datetime) -> frozenset[int]:
    chairs = Chair.objects.filter(session=session).values_list("person", flat=True)
    is_over = now >= session.ends_at
    return roles.hosts(curator_ids(), session.curator_id, set(chairs), is_over=is_over)


def write_audit_entry(now: datetime, actor: int, action: str, subject: str) -> None:
    AuditEntry.objects.create(at=now, actor_id=actor, action=action, subject=subject[:200])
