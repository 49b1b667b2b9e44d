"""What somebody may wish of a room's posts; the ledger answers each.

`person_id` is who wishes it, and `sign_in` is the sign-in they used: a wish is taken only while
that holds. What the product does on its own has no sign-in. `client_id` is the id that its sender
gave it: what was taken under it is not done again, however late a copy arrives. Changes may come
without one. `html` is the safe rendering of a text and `mentions` are the people it names, both
found before the lock is taken.
"""

from dataclasses import dataclass, field
from uuid import UUID

from chat.law.sign_ins import SignIn


@dataclass(slots=True)
class Attempt:
    """To post. `only_topic`: a prompt belongs to its topic and to no other; it is posted
    `from_prompt`."""

    person_id: int
    client_id: UUID
    body: str
    reply_to: int | None = None
    html: str = ""
    sign_in: SignIn | None = None
    mentions: list[int] = field(default_factory=list)
    from_prompt: bool = False
    only_topic: int | None = None

    @property
    def key(self) -> tuple[int, UUID]:
        return self.person_id, self.client_id


@dataclass(slots=True)
class Edit:
    """To give one's own post another text."""

    person_id: int
    seq: int
    body: str
    html: str = ""
    client_id: UUID | None = None
    sign_in: SignIn | None = None
    mentions: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Remove:
    """To take one's own post back."""

    person_id: int
    seq: int
    client_id: UUID | None = None
    sign_in: SignIn | None = None


@dataclass(slots=True)
class React:
    """To react to a post with an emoji, or to take that back."""

    person_id: int
    seq: int
    emoji: str
    on: bool
    client_id: UUID | None = None
    sign_in: SignIn | None = None


@dataclass(slots=True)
class Hide:
    """The host's: nobody shall read this post any more."""

    person_id: int
    seq: int
    reason: str
    client_id: UUID | None = None
    sign_in: SignIn | None = None


@dataclass(slots=True)
class Pin:
    """The host's: this post is the one to look at in its topic, or no longer."""

    person_id: int
    seq: int
    on: bool
    client_id: UUID | None = None
    sign_in: SignIn | None = None


Change = Edit | Remove | React | Hide | Pin
Wish = Attempt | Change
