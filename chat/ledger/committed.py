"""What this process has just stored, for its own room: equal to what reading it would give."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.ledger.post_record import PostRecord


@dataclass(frozen=True, slots=True)
class Committed:
    """The new posts of a batch, and the revision before the first of them.

    Nothing else was changed between that revision and the last post's.
    """

    since: int
    posts: Sequence[PostRecord]
