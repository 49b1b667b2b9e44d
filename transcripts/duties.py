"""What is due for transcripts every second: one for each session that has just ended."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from people.duties import Duty
from transcripts import archive


def due(now: datetime, by_database: datetime) -> Iterator[Duty]:
    """Yield each duty that may be due, separately, so that one that fails stops no other.

    `now` is the instant that all clocks agree on: a session that is closed stays so.
    """
    for session_id in archive.due(now):
        yield (
            f"write the transcript of session {session_id}",
            partial(write_transcript, session_id),
        )


def write_transcript(session_id: int) -> list[str]:
    count = archive.archive(session_id).post_count
    return [f"The transcript of session {session_id} is there: {count} posts."]
