"""What the ledger answers to a submission."""

from dataclasses import dataclass
from uuid import UUID

from chat.law.rules import Refused
from chat.law.sign_ins import SignedOut

# Under which a sender gets the same answer again: the person, and the id that they chose.
Key = tuple[int, UUID]


@dataclass(frozen=True, slots=True)
class Taken:
    """What an acknowledgement says: which post, and its revision at that moment."""

    seq: int
    rev: int


Answer = Taken | Refused | SignedOut
