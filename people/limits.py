"""Rate limits that count exactly, over all processes.

allauth's own counters refuse after waiting a second for a lock in the database, and have no key of
account and address together. Here everything is counted under a row's lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from people.models import Tally


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries within any `period`, for what `subject` names."""

    subject: str
    most: int
    period: timedelta

    @property
    def key(self) -> str:
        """A hash, so that what people typed is not stored and the length is fixed."""
        return sha256(self.subject.encode(errors="surrogatepass")).hexdigest()


def count_try(limits: Sequence[Limit], now: datetime) -> bool:
    """Count one try against each limit; False, without counting, if one of them is used up.

    Tries at the same moment are counted one after the other.
    """
    with transaction.atomic():
        rows = _hold(limits, now)
        if any(len(_recent(rows[limit.key], limit, now)) >= limit.most for limit in limits):
            return False
        for limit in limits:
            row = rows[limit.key]
            row.hits = [*_recent(row, limit, now), now.timestamp()]
            row.save(update_fields=["hits"])
    return True


def uncount_try(limits: Iterable[Limit], taken_at: datetime) -> None:
    """Remove the try that was counted at that instant."""
    keys = [limit.key for limit in limits]
    with transaction.atomic():
        for row in Tally.objects.select_for_update().filter(key__in=keys).order_by("key"):
            if taken_at.timestamp() in row.hits:
                row.hits.remove(taken_at.timestamp())
                row.save(update_fields=["hits"])


def is_used_up(limit: Limit, now: datetime) -> bool:
    row = Tally.objects.filter(key=limit.key).first()
    return row is not None and len(_recent(row, limit, now)) >= limit.most


def last_taken(limit: Limit, now: datetime) -> float:
    """The instant of the last try in seconds since 1970; 0 if none is within the period."""
    row = Tally.objects.filter(key=limit.key).first()
    return max(_recent(row, limit, now), default=0) if row is not None else 0


def clear(limits: Iterable[Limit]) -> None:
    Tally.objects.filter(key__in=[limit.key for limit in limits]).delete()


def delete_expired(now: datetime) -> int:
    """Delete the counts whose period is over; returns how many."""
    over = Tally.objects.filter(until__lt=now)
    # Deleting nothing would still lock SQLite's file against posts.
    return over.delete()[0] if over.exists() else 0


def _hold(limits: Sequence[Limit], now: datetime) -> dict[str, Tally]:
    """Return the locked rows of these limits by key; missing ones are created."""
    wanted = sorted(
        (Tally(key=limit.key, hits=[], until=now + limit.period) for limit in limits),
        key=lambda row: row.key,  # all requests lock rows in the same order
    )
    Tally.objects.bulk_create(
        wanted, update_conflicts=True, unique_fields=["key"], update_fields=["until"]
    )
    return Tally.objects.in_bulk([row.key for row in wanted])


def _recent(row: Tally, limit: Limit, now: datetime) -> list[float]:
    since = (now - limit.period).timestamp()
    return [hit for hit in row.hits if hit > since]
