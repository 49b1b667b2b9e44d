"""The numbers and words of the room's law that its page gives to scripts."""

from typing import Any

from chat.law import rules
from curation.law import agenda

# The text in place of a post that is not shown, and of a quote of it.
GONE = {"removed": "Removed by its author.", "hidden": "Hidden by the host."}
QUOTED_GONE = {"removed": "(removed by its author)", "hidden": "(hidden by the host)"}


def law_for_scripts() -> dict[str, Any]:
    """The law as JSON; times in milliseconds, lengths in characters."""
    return {
        "topics": agenda.TOPICS,
        "topic": int(agenda.TOPIC.total_seconds() * 1000),
        "lobby": int(agenda.LOBBY.total_seconds() * 1000),
        "longest_body": rules.LONGEST_BODY,
        "longest_reason": rules.LONGEST_REASON,
        "gone": GONE,
        "quoted_gone": QUOTED_GONE,
        "silenced": rules.SENTENCES["silenced"],
    }
