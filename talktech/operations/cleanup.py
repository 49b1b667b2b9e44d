"""What is due every ten minutes in Django's own tables: expired sign-ins and cache entries."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.contrib.sessions.models import Session
from django.db import connection

from people.duties import Duty, delete_expired

CACHE_TABLE = "cache"  # as the first migration of people creates it


def due(now: datetime, by_database: datetime) -> Iterator[Duty]:
    """Yield each duty that may be due, separately, so that one that fails stops no other.

    `now` is the instant that all clocks agree on: what is deleted is gone.
    """
    for what, delete in (
        ("expired sign-ins", delete_sign_ins),
        ("expired cache entries", delete_cache_entries),
    ):
        yield f"delete {what}", partial(delete_expired, what, delete, now)


def delete_sign_ins(now: datetime) -> int:
    """Delete the sessions of Django that have expired; how many."""
    over = Session.objects.filter(expire_date__lt=now)
    # Deleting nothing would still lock SQLite's file against posts.
    return over.delete()[0] if over.exists() else 0


def delete_cache_entries(now: datetime) -> int:
    """Delete the cache entries that have expired; how many.

    Django deletes an expired entry only when somebody asks for it again.
    """
    table = connection.ops.quote_name(CACHE_TABLE)
    instant = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE expires < %s LIMIT 1", [instant])  # noqa: S608
        if cursor.fetchone() is None:
            return 0
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [instant])  # noqa: S608
        return int(cursor.rowcount)
