"""How often something may be tried within a time, counted exactly, over all processes.

allauth's own counters wait a second for a lock in the database and refuse after it, and allow no
key of account and address together. Here everything is counted under a row's lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from people.models import Tally


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` within any `period`, for whatever `subject` names."""

    subject: str
    most: int
    period: timedelta

    @property
    def key(self) -> str:
        """What people typed is not kept, and has no bearing on the key's length."""
        return sha256(self.subject.encode(errors="surrogatepass")).hexdigest()


def count_try(limits: Sequence[Limit], now: datetime) -> bool:
    """Count one try against each limit; False, and nothing is counted, if one of them is used up.

    Two at the same moment are counted one after the other.
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
    """Forget the try that was counted at that instant."""
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
    """When something was last counted, in seconds since 1970; 0 if that is long ago."""
    row = Tally.objects.filter(key=limit.key).first()
    return max(_recent(row, limit, now), default=0) if row is not None else 0


def clear(limits: Iterable[Limit]) -> None:
    Tally.objects.filter(key__in=[limit.key for limit in limits]).delete()


def delete_expired(now: datetime) -> int:
    """Delete the counts that no limit looks at any more; how many."""
    over = Tally.objects.filter(until__lt=now)
    # Deleting nothing would still lock SQLite's file against posts.
    return over.delete()[0] if over.exists() else 0


def _hold(limits: Sequence[Limit], now: datetime) -> dict[str, Tally]:
    """The rows of these limits under their locks, made where there are none."""
    wanted = sorted(
        (Tally(key=limit.key, hits=[], until=now + limit.period) for limit in limits),
        key=lambda row: row.key,  # two requests take their locks in the same order
    )
    Tally.objects.bulk_create(
        wanted, update_conflicts=True, unique_fields=["key"], update_fields=["until"]
    )
    return Tally.objects.in_bulk([row.key for row in wanted])


def _recent(row: Tally, limit: Limit, now: datetime) -> list[float]:
    since = (now - limit.period).timestamp()
    return [hit for hit in row.hits if hit > since]
