"""The current instant by the database's clock, so that all processes and hosts agree on one."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The current instant by the database's clock: aware, UTC, in whole milliseconds.

    On PostgreSQL it is `clock_timestamp()`, because `now()` is the start of the transaction, which
    may be long before a lock was granted. SQLite runs in this process and has the host's clock.
    Whole milliseconds, because the wire carries no more: the stored instant is the one shown.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            instant: datetime = cursor.fetchone()[0]
    else:
        instant = datetime.now(UTC)
    return instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)
