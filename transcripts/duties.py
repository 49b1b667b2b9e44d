"""What transcripts need done every second: one for each session that has just ended."""

import logging
from collections.abc import Callable
from datetime import datetime

from transcripts import archive

log = logging.getLogger(__name__)


def write_transcripts(now: datetime) -> int:
    """Write the transcript of each session that is over and has none; how many.

    One that fails does not stop the others. Then the first fault is raised after the last session.
    """
    written = 0
    faults: list[Exception] = []
    for session_id in archive.due(now):
        try:
            transcript = archive.archive(session_id)
        except Exception as fault:
            fault.add_note(f"while writing the transcript of session {session_id}")
            faults.append(fault)
        else:
            count = transcript.post_count
            log.info("The transcript of session %s is there: %s posts.", session_id, count)
            written += 1
    if faults:
        raise faults[0]
    return written


# Name for the log ("could not …"), and what to do at an instant on which all clocks agree.
DUTIES: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("write transcripts", write_transcripts),
)
