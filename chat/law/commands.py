"""The commands that people give about a room's posts, and the envelope that carries one.

The wire parses a command, the ledger carries it out; nothing is changed on the way.
"""

from dataclasses import dataclass
from uuid import UUID

from chat.law.sign_ins import SignIn


@dataclass(frozen=True, slots=True)
class NewPost:
    """Post this text. A prompt is posted `from_prompt`, in `only_topic` and in no other."""

    body: str
    reply_to: int | None = None
    from_prompt: bool = False
    only_topic: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of one's own post."""

    seq: int
    body: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove one's own post."""

    seq: int


@dataclass(frozen=True, slots=True)
class React:
    """Add an emoji to a post, or take one's own away."""

    seq: int
    emoji: str
    on: bool


@dataclass(frozen=True, slots=True)
class Hide:
    """Hide a post from everyone: for hosts."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin a post in its topic, or unpin it: for hosts."""

    seq: int
    on: bool


Change = Edit | Remove | React | Hide | Pin
Command = NewPost | Change


@dataclass(frozen=True, slots=True)
class Rendering:
    """A text as safe HTML, and the ids of the people it mentions."""

    html: str
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """A command with its sender.

    `client_id` is the id that the sender chose: a command is carried out once under it, however
    often it is sent. A new post must have one, a change may. The command is refused once `sign_in`
    has ended; what the product does on its own has no sign-in. `rendering` is made before the
    session is locked, and only for texts of a permitted length.
    """

    person_id: int
    command: Command
    client_id: UUID | None = None
    sign_in: SignIn | None = None
    rendering: Rendering | None = None

    def with_rendering(self, rendering: Rendering) -> "Submission":
        return Submission(self.person_id, self.command, self.client_id, self.sign_in, rendering)
