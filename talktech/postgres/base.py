"""Database connections that give up on a server that is frozen or can't be reached.

The server's own time-outs don't work while it is frozen, and TCP's don't while its system still
acknowledges what it receives.
"""

from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.errors import _WaitTimeout

# Seconds, in a process that serves people: nobody waits longer for a page, and a room must work
# again within three seconds of the database's return.
ANSWER_WITHIN = 5.0
LOCKED_FOR = 3.0

# An option in Django's settings that is for this backend, not for psycopg and libpq.
OPTION = "answer_within"


class BoundedConnection(psycopg.Connection[Any]):
    """Raises OperationalError, and is closed, when a call gets no answer in time."""

    answer_within: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        bound = self.answer_within if timeout is None else timeout
        try:
            return super().wait(gen, interval, bound)
        except _WaitTimeout:
            if timeout is not None:
                raise
            # The statement may still run, and its answer must not be read as that of another one.
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {bound:g} seconds") from None


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params.pop(OPTION, None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        connection = BoundedConnection.connect(**conn_params)
        connection.answer_within = self.settings_dict["OPTIONS"].get(OPTION)
        return connection


def bound_connections() -> None:
    """Set time-outs for the new connections of this process, in all of its threads.

    Commands such as a migration don't call it, as they may take their time.
    """
    database = connections.settings["default"]
    if database["ENGINE"] != "talktech.postgres":
        return
    options = database["OPTIONS"]
    options[OPTION] = ANSWER_WITHIN
    bounds = {
        "statement_timeout": ANSWER_WITHIN,
        "lock_timeout": LOCKED_FOR,
        # A frozen process must not keep a session's row locked.
        "idle_in_transaction_session_timeout": ANSWER_WITHIN,
    }
    ours = " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in bounds.items())
    if ours not in options.get("options", ""):
        options["options"] = f"{ours} {options.get('options', '')}".strip()
