"""Each reason for a refusal with its sentence, and the limits that the rules name.

What is refused when is decided in `chat.law.decide`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chat.law import clock
from talktech.text.characters import has_something_visible

LONGEST_BODY = 2000
LONGEST_REASON = 200
POST_WINDOW = timedelta(seconds=20)
CHANGE_WINDOW = timedelta(seconds=10)
MOST_EMOJI = 20

SENTENCES = {
    "not_started": "The session hasn’t started yet. Your text will stay here until it does.",
    "closed": "The session is over, so you can’t post any more. Your text is still here.",
    "cancelled": "This session was called off.",
    "empty": "Write something first.",
    "too_long": (
        f"A post can have at most {LONGEST_BODY} characters. Shorten it or split it in two."
    ),
    "too_fast": "You’re posting fast. Wait a moment and try again.",
    "not_found": "That post doesn’t exist any more.",
    "not_yours": "Only the author can change a post.",
    "not_host": "Only the host of this session can do that.",
    "silenced": "The host has muted you for this session. You can still read along.",
    "unavailable": "It can’t be saved right now. It’s kept here and we’ll keep trying.",
    "full": "This session has reached its limit of posts.",
    "bad_request": "The room didn’t understand that.",
}


class Refused(Exception):
    """Why something is not accepted: a code of the protocol, and a sentence.

    `retry_after` are seconds, where waiting helps; `ref` names the frame that is refused. The law
    and the ledger return it, as one of their answers; parsing and everything else raises it.
    """

    def __init__(
        self, code: str, reason: str = "", *, retry_after: int | None = None, ref: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason or SENTENCES[code]
        self.retry_after = retry_after
        self.ref = ref

    def about(self, ref: str | None) -> "Refused":
        """The same refusal, of the frame with that ref."""
        return Refused(self.code, self.reason, retry_after=self.retry_after, ref=ref)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many posts one person may make in `POST_WINDOW`, and changes in `CHANGE_WINDOW`; how many
    posts a session may have. For the first two 0 is no bound.
    """

    posts_per_window: int
    session_posts: int
    changes_per_window: int = 20


def body_refusal(body: str) -> Refused | None:
    """Why a post can't have this text; None if it can."""
    if not has_something_visible(body):
        return Refused("empty")
    return Refused("too_long") if len(body) > LONGEST_BODY else None


def check_body(body: str) -> None:
    """Raises Refused for a text that a post can't have."""
    if refusal := body_refusal(body):
        raise refusal


def accept_mode(starts_at: datetime, now: datetime, *, cancelled: bool) -> None:
    """Raises Refused when nobody may choose to talk or to just read. The choice is stored."""
    phase = clock.phase_at(starts_at, now, cancelled=cancelled)
    if phase.name == "scheduled":
        raise Refused("not_started", "The room isn’t open yet. Choose once it is.")
    if phase.name == "closed":
        raise Refused("closed", "The session is over, so this can’t be changed any more.")
    if phase.name == "cancelled":
        raise Refused("cancelled")
