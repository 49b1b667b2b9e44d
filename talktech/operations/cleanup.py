"""Deletes every ten minutes what has expired: sign-ins, sign-ups, cache entries, counts."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from people import limits
from people.accounts import sign_up
from people.models import User
from people.sign_ins import endings

SHOWN_AFTER_A_CHANGE = timedelta(days=7)  # until everybody has been in a session with them
CACHE_TABLE = "cache"  # as the first migration of people makes it


def tidy(now: datetime) -> list[str]:
    """Delete it, and say how much. Any number of processes may do so."""
    counts = {
        "expired sign-ins": expired_sign_ins(now),
        "expired cache entries": expired_cache_entries(now),
        "counts of tries": limits.forget(now),
        "sign-ups that nobody confirmed": sign_up.forget(now),
        "former names": forget_former_names(now),
        "passwords that were made for somebody": end_made_passwords(now),
    }
    return [f"Deleted {count} {what}." for what, count in counts.items() if count]


def forget_former_names(now: datetime) -> int:
    over = User.objects.filter(former_name__gt="", renamed_at__lt=now - SHOWN_AFTER_A_CHANGE)
    return over.update(former_name="") if over.exists() else 0


def end_made_passwords(now: datetime) -> int:
    """What a command printed may stand in a log or a letter; it is not to stay a password."""
    ended = 0
    for person in User.objects.filter(password_until__lt=now):
        person.set_unusable_password()
        # Unless they have chosen their own since.
        still = User.objects.filter(pk=person.pk, password_until__lt=now)
        if still.update(password=person.password, password_until=None):
            endings.may_have_ended(person.pk)
            ended += 1
    return ended


def expired_sign_ins(now: datetime) -> int:
    over = Session.objects.filter(expire_date__lt=now)
    # Deleting nothing would still lock SQLite's file against posts.
    return over.delete()[0] if over.exists() else 0


def expired_cache_entries(now: datetime) -> int:
    """Django deletes an expired entry only when somebody asks for it again."""
    table = connection.ops.quote_name(CACHE_TABLE)
    instant = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE expires < %s LIMIT 1", [instant])  # noqa: S608
        if cursor.fetchone() is None:
            return 0
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [instant])  # noqa: S608
        return int(cursor.rowcount)
