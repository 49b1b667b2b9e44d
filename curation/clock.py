"""The edge's clock: the database's, so that all processes and hosts agree on one."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """This instant (aware UTC, whole milliseconds) by the database's clock.

    On PostgreSQL `clock_timestamp()`, because `now()` is the start of the transaction and would
    be older than a lock that was waited for. SQLite lives in this process and has our clock.
    Milliseconds, because that is what the wire carries: what is stored is what is shown.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            instant: datetime = cursor.fetchone()[0]
    else:
        instant = datetime.now(UTC)
    return instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)
