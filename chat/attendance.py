"""How each person takes part in a session: stores what they chose, and that they posted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chat.law import rules
from chat.law.sign_ins import SignIn
from chat.ledger.standing import check_sign_in
from chat.models import Attendance, Post
from chat.wire.protocol import instant
from curation.clock import database_now
from curation.models import ChatSession

TALKING = Attendance.Mode.TALKING.value


@dataclass(frozen=True, slots=True)
class Here:
    """How a person is in a room. `since`, as on the wire, settles which tab's choice is last."""

    mode: str = "reading"
    named: bool = False
    since: str = ""

    @property
    def is_seen(self) -> bool:
        """Readers are in the counts, and named only if they chose to be."""
        return self.mode == "talking" or self.named


def read_attendance(session_id: int, person_id: int) -> Here:
    """How that person took part last time; just reading if they never did."""
    attendance = Attendance.objects.filter(session=session_id, person=person_id).first()
    return as_here(attendance) if attendance else Here()


def choose_mode(
    session_id: int,
    person_id: int,
    mode: str,
    *,
    named: bool,
    sign_in: SignIn | None = None,
    clock: Callable[[], datetime] = database_now,
) -> Here:
    """Store what a person chose, for their next connection and for the record.

    Raises Refused outside the room's hours, and SignedOut.
    """
    with transaction.atomic():
        session = ChatSession.objects.only("starts_at", "status", "closed_at").get(pk=session_id)
        now = clock()
        # A closed session stays closed, even when a clock was set back.
        now = max(now, session.closed_at or now)
        if sign_in is not None:
            check_sign_in(sign_in, now)
        rules.accept_mode(session.starts_at, now, cancelled=not session.is_published)
        return store(session_id, person_id, mode, named=named, since=now)


def mark_talking(session_id: int, person_id: int, seq: int) -> Here:
    """Count the author of a post as talking from its instant on, unless they chose again later.

    No clock is read: a post of the last second, or a retry, may be answered after the end.
    """
    with transaction.atomic():
        at = Post.objects.values_list("at", flat=True).get(session=session_id, seq=seq)
        attendance = Attendance.objects.filter(session=session_id, person=person_id).first()
        if attendance and (attendance.since >= at or attendance.mode == TALKING):
            return as_here(attendance)
        named = attendance is not None and attendance.named
        return store(session_id, person_id, TALKING, named=named, since=at)


def store(session_id: int, person_id: int, mode: str, *, named: bool, since: datetime) -> Here:
    Attendance.objects.update_or_create(
        session_id=session_id,
        person_id=person_id,
        defaults={"mode": mode, "named": named, "since": since},
    )
    return Here(mode, named, instant(since))


def as_here(attendance: Attendance) -> Here:
    return Here(attendance.mode, attendance.named, instant(attendance.since))
