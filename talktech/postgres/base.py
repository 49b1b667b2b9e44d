"""Connections that don't wait for ever for a server that is frozen or can't be reached.

The server's own time-outs don't help against one that does not run, and TCP's not while the system
under it still acknowledges what it gets.
"""

from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.errors import _WaitTimeout

# Seconds. Of a process that serves people: to a page that takes longer nobody waits, and a room
# must be on again within three seconds of the database's return.
ANSWER_WITHIN = 5.0
LOCKED_FOR = 3.0

# The name of the option in the settings that psycopg and libpq know nothing of.
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
            # What was asked may still be done, and its answer must not be taken for another's.
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
    """From now on, in all threads of this process, new connections are bounded.

    Commands stay free to take their time: a migration may.
    """
    database = connections.settings["default"]
    if database["ENGINE"] != "talktech.postgres":
        return
    options = database["OPTIONS"]
    options[OPTION] = ANSWER_WITHIN
    bounds = {
        "statement_timeout": ANSWER_WITHIN,
        "lock_timeout": LOCKED_FOR,
        # A process that is frozen must not keep a session's row from the others.
        "idle_in_transaction_session_timeout": ANSWER_WITHIN,
    }
    ours = " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in bounds.items())
    if ours not in options.get("options", ""):
        options["options"] = f"{ours} {options.get('options', '')}".strip()
