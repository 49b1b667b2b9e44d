"""Where it is said that somebody's sign-ins may have ended, for those who keep connections open.

`people` does not know who keeps any; the room registers itself (`chat.apps`). What is said here is
only a reason to look at once: the database has the answer, and is asked regularly in any case.
"""

import logging
from collections.abc import Callable

from django.db import transaction

log = logging.getLogger(__name__)

listeners: list[Callable[[int], None]] = []


def report_possible_end(person_id: int) -> None:
    """Tell the listeners once what ended them is stored."""
    transaction.on_commit(lambda: call_listeners(person_id))


def call_listeners(person_id: int) -> None:
    for listener in listeners:
        try:
            listener(person_id)
        except Exception:
            log.exception("A sign-in may have ended, and a listener could not be told")
