"""What is due for the rooms every second: prompts posted, and old notes deleted."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from chat import prompts
from chat.ledger import store
from people.duties import Duty


def due(now: datetime, by_database: datetime) -> Iterator[Duty]:
    """Yield each duty that may be due, separately, so that one that fails stops no other.

    `now` is the instant that all clocks agree on: what is deleted is gone. Prompts go by the
    database's clock alone, as the room and its ledger do.
    """
    for session_id, prompt_id in prompts.due_prompts(by_database):
        yield f"post prompt {prompt_id}", partial(post_prompt, session_id, prompt_id)
    yield "forget what only running sessions need", partial(delete_old_notes, now)


def post_prompt(session_id: int, prompt_id: int) -> list[str]:
    is_posted = prompts.post_prompt(session_id, prompt_id)
    return [f"Posted prompt {prompt_id} of session {session_id}."] if is_posted else []


def delete_old_notes(now: datetime) -> list[str]:
    """Delete the receipts and counts of sessions that are long over."""
    count = store.forget(now)
    return [f"Deleted {count} notes of sessions that are long over."] if count else []
