"""What the rooms need done every second: prompts posted, and old notes deleted."""

import logging
from collections.abc import Callable
from datetime import datetime

from chat import prompts
from chat.ledger import store
from curation.clock import database_now

log = logging.getLogger(__name__)


def post_prompts(now: datetime) -> int:
    """Post the prompts that are due; how many.

    They go by the database's clock alone, as the room and its ledger do; `now` may be behind it.
    One that fails does not stop the others. Then the first fault is raised after the last prompt.
    """
    posted = 0
    faults: list[Exception] = []
    for session_id, prompt_id in prompts.due(database_now()):
        try:
            is_posted = prompts.post(session_id, prompt_id)
        except Exception as fault:
            fault.add_note(f"while posting prompt {prompt_id}")
            faults.append(fault)
        else:
            if is_posted:
                log.info("Posted prompt %s of session %s.", prompt_id, session_id)
                posted += 1
    if faults:
        raise faults[0]
    return posted


def delete_old_notes(now: datetime) -> int:
    """Delete the receipts and counts of sessions that are long over; how many rows."""
    count = store.forget(now)
    if count:
        log.info("Deleted %s notes of sessions that are long over.", count)
    return count


# Name for the log ("could not …"), and what to do at an instant on which all clocks agree.
DUTIES: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("post prompts", post_prompts),
    ("forget what only running sessions need", delete_old_notes),
)
