"""Plain SQL for either database, and values as each database stores them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, connection

# Of PostgreSQL: read-only, as after a fail-over; a transaction that was idle, or took, too long.
AWAY = ("25006", "25P03", "25P04")


def is_away(fault: BaseException) -> bool:
    """Can the database do nothing just now? Otherwise what was asked of it was at fault."""
    if isinstance(fault, OperationalError | InterfaceError):
        # SQLite's name for a statement that can't be run, as for a table that is not there.
        return getattr(fault.__cause__, "sqlite_errorname", "") != "SQLITE_ERROR"
    return getattr(fault.__cause__, "sqlstate", None) in AWAY


def try_to_store() -> None:
    """Raises a database fault unless something could be stored now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_read_only")
            if cursor.fetchone() == ("on",):
                raise OperationalError("the database is read-only")
            return
        # A number in the file's first page that nobody else uses: the disk must take it.
        [number] = cursor.execute("PRAGMA user_version").fetchone()
        cursor.execute(f"PRAGMA user_version = {(number + 1) % 1_000_000}")


def select(statement: str, values: Sequence[Any]) -> list[Any]:
    with asking(statement, values) as cursor:
        rows: list[Any] = cursor.fetchall()
        return rows


def execute(statement: str, values: Sequence[Any]) -> None:
    with asking(statement, values):
        pass


@contextmanager
def asking(statement: str, values: Sequence[Any]) -> Iterator[Any]:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        # Django's own cursors write values into the statement and so never prepare any.
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            yield cursor.execute(statement, values, prepare=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            yield cursor


@contextmanager
def snapshot() -> Iterator[None]:
    """Until the block ends, read the database as it is now; nothing is locked."""
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def one_of(values: Collection[int]) -> tuple[str, list[Any]]:
    """A condition, which should stay the same statement for any number of them, and its values."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", [list(values)]
    return f"IN ({places(values)})", list(values)


def one_of_texts(values: Collection[str]) -> tuple[str, list[Any]]:
    """As `one_of`; PostgreSQL could not tell of what an empty list would be."""
    if connection.vendor == "postgresql":
        return "= ANY(%s::text[])", [list(values)]
    return f"IN ({places(values)})", list(values)


def places(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def as_stored(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def as_uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def as_instant(value: Any) -> datetime:
    """SQLite keeps instants as text in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)
