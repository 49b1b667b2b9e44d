"""A session's row while it is locked: what the rules depend on, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from chat.ledger.sql import as_instant, select
from curation.law import agenda
from curation.models import ChatSession

TABLE = ChatSession._meta.db_table


@dataclass(slots=True)
class LockedSession:
    """The ledger counts `revision`, `last_seq` and `last_at` up, and stores them with the posts."""

    pk: int
    starts_at: datetime
    is_cancelled: bool
    curator_id: int | None
    revision: int
    last_seq: int
    last_at: datetime | None
    closed_at: datetime | None

    def has_ended(self, now: datetime) -> bool:
        return now >= self.starts_at + agenda.LENGTH

    def no_earlier(self, now: datetime) -> datetime:
        """That instant, or the latest one that was decided on: a clock may have been set back.

        So posts keep the order of their instants, and what was closed stays closed.
        """
        return max(now, self.last_at or now, self.closed_at or now)


def lock_session(session_id: int) -> LockedSession:
    """Lock the session's row until the transaction ends. SQLite's has locked all of it already."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    [(starts_at, status, curator, revision, last_seq, last_at, closed_at)] = select(
        f"SELECT starts_at, status, curator_id, revision, last_seq, last_at, closed_at "  # noqa: S608
        f"FROM {TABLE} WHERE id = %s{lock}",
        [session_id],
    )
    return LockedSession(
        session_id,
        as_instant(starts_at),
        status != ChatSession.Status.PUBLISHED,
        curator,
        revision,
        last_seq,
        as_instant(last_at) if last_at and last_seq else None,
        as_instant(closed_at) if closed_at else None,
    )
