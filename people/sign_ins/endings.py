"""Reports that a person's sign-ins may have ended, so that open connections are checked at once.

The room registers itself as a listener (`chat.apps`). A report is only a reason to look: the
database has the answer, and listeners query it regularly anyway.
"""

import logging
from collections.abc import Callable

from django.db import transaction

log = logging.getLogger(__name__)

listeners: list[Callable[[int], None]] = []


def report_possible_end(person_id: int) -> None:
    """Call the listeners after this transaction has committed."""
    transaction.on_commit(lambda: call_listeners(person_id))


def call_listeners(person_id: int) -> None:
    for listener in listeners:
        try:
            listener(person_id)
        except Exception:
            log.exception("A sign-in may have ended, and a listener failed")
