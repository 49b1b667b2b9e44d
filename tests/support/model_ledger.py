"""The rules of posts once more, in the plainest Python: what tests compare the ledger with.

Written from docs/protocol.md, without the product's code. Instants are seconds from the session's
start.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

TOPIC_LENGTH = 600
END = 3 * TOPIC_LENGTH
POST_WINDOW, CHANGE_WINDOW = 20, 10
LONGEST_BODY = 2000

# ("taken", seq, revision), or a refusal's code.
Answer = tuple[str, int, int] | str


def topic_at(seconds: float) -> int | None:
    """The topic that runs then; None before the start and after the end."""
    return int(seconds // TOPIC_LENGTH) + 1 if 0 <= seconds < END else None


@dataclass
class ModelPost:
    seq: int
    rev: int
    taken_rev: int
    author: int
    id: UUID
    topic: int
    at: float
    body: str
    reply_to: int | None
    state: str = "shown"
    pinned: bool = False
    reactions: set[tuple[int, str]] = field(default_factory=set)
    versions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModelCommand:
    """`kind` and `fields` as in the protocol's frames."""

    person: int
    id: UUID | None
    kind: str
    fields: dict[str, Any]


@dataclass
class ModelLedger:
    """One session. The numbers are as in `Bounds`; `hosts` and `silenced` are the test's to set."""

    posts_per_window: int
    session_posts: int
    changes_per_window: int
    hosts: set[int] = field(default_factory=set)
    silenced: set[int] = field(default_factory=set)
    posts: list[ModelPost] = field(default_factory=list)
    revision: int = 0
    receipts: dict[tuple[int, UUID], tuple[int, int]] = field(default_factory=dict)
    change_times: dict[int, list[float]] = field(default_factory=dict)

    def take_batch(self, commands: list[ModelCommand], clock: float) -> list[Answer]:
        """What the ledger answers when it reads this instant off its clock."""
        now = max([clock, *(post.at for post in self.posts)])
        is_bounded = now == clock  # a clock that went back bounds nothing until it has caught up
        stored = len(self.posts)  # nobody can know of the posts of the same batch
        answers = [self.take(command, now, is_bounded, stored) for command in commands]
        for person, times in self.change_times.items():
            self.change_times[person] = times[-self.changes_per_window :]
        return answers

    def take(self, command: ModelCommand, now: float, is_bounded: bool, stored: int) -> Answer:
        if command.kind == "post":
            return self.take_post(command, now, is_bounded, stored)
        if command.id and (command.person, command.id) in self.receipts:
            return ("taken", *self.receipts[command.person, command.id])
        seq = command.fields["seq"]
        post = self.posts[seq - 1] if seq <= stored else None
        is_fast = is_bounded and self.is_changing_fast(command.person, now)
        if post is not None and self.is_in_effect(command, post):
            if command.id and now < END and not is_fast:
                self.receipts[command.person, command.id] = post.seq, post.rev
                self.count_change(command.person, now, is_bounded)
            return "taken", post.seq, post.rev
        if refusal := self.refusal_of_change(command, post, now, is_fast):
            return refusal
        assert post is not None
        self.change(command, post)
        if command.id:
            self.receipts[command.person, command.id] = post.seq, post.rev
        if command.kind not in ("hide", "pin"):
            self.count_change(command.person, now, is_bounded)
        return "taken", post.seq, post.rev

    def take_post(self, command: ModelCommand, now: float, is_bounded: bool, stored: int) -> Answer:
        person, body, reply_to = command.person, command.fields["body"], command.fields["reply_to"]
        for post in self.posts:
            if (post.author, post.id) == (person, command.id):
                return "taken", post.seq, post.taken_rev
        topic = topic_at(now)
        if topic is None:
            return "not_started" if now < 0 else "closed"
        if person in self.silenced:
            return "silenced"
        if refusal := refusal_of_text(body):
            return refusal
        if len(self.posts) >= self.session_posts:
            return "full"
        recent = [
            post for post in self.posts if post.author == person and post.at > now - POST_WINDOW
        ]
        if is_bounded and len(recent) >= self.posts_per_window:
            return "too_fast"
        if reply_to is not None and reply_to > stored:
            return "not_found"
        assert command.id is not None
        self.revision += 1
        seq = len(self.posts) + 1
        post = ModelPost(
            seq, self.revision, self.revision, person, command.id, topic, now, body, reply_to
        )
        self.posts.append(post)
        return "taken", post.seq, post.rev

    def is_in_effect(self, command: ModelCommand, post: ModelPost) -> bool:
        is_own, is_shown = post.author == command.person, post.state == "shown"
        fields = command.fields
        match command.kind:
            case "edit":
                return is_own and is_shown and bool(post.body == fields["body"])
            case "remove":
                return is_own and post.state == "removed"
            case "hide":
                return post.state == "hidden"
            case "pin":
                return is_shown and bool(post.pinned == fields["on"])
        has_reacted = (command.person, fields["emoji"]) in post.reactions
        return is_shown and bool(has_reacted == fields["on"])

    def refusal_of_change(
        self, command: ModelCommand, post: ModelPost | None, now: float, is_fast: bool
    ) -> str | None:
        kind, person = command.kind, command.person
        if kind != "hide" and topic_at(now) is None:
            return "not_started" if now < 0 else "closed"
        if kind in ("hide", "pin") and person not in self.hosts:
            return "not_host"
        if kind in ("edit", "remove") and post is not None and post.author != person:
            return "not_yours"
        if post is None or post.state != "shown":
            return "not_found"
        if kind in ("edit", "react") and person in self.silenced:
            return "silenced"
        if kind == "edit" and (refusal := refusal_of_text(command.fields["body"])):
            return refusal
        return "too_fast" if kind in ("edit", "remove", "react") and is_fast else None

    def change(self, command: ModelCommand, post: ModelPost) -> None:
        fields = command.fields
        match command.kind:
            case "edit":
                post.versions.append(post.body)
                post.body = fields["body"]
            case "remove":
                post.state, post.body, post.pinned, post.versions = "removed", "", False, []
            case "hide":
                post.state, post.pinned = "hidden", False
            case "react":
                mine = {(command.person, fields["emoji"])}
                post.reactions = post.reactions | mine if fields["on"] else post.reactions - mine
            case "pin":
                for other in self.posts:
                    if other.topic == post.topic and other.pinned and other is not post:
                        other.pinned = False
                        self.raise_revision(other)
                post.pinned = fields["on"]
        self.raise_revision(post)

    def raise_revision(self, post: ModelPost) -> None:
        self.revision += 1
        post.rev = self.revision

    def is_changing_fast(self, person: int, now: float) -> bool:
        times = self.change_times.get(person, [])
        return sum(at > now - CHANGE_WINDOW for at in times) >= self.changes_per_window

    def count_change(self, person: int, now: float, is_bounded: bool) -> None:
        if is_bounded:
            self.change_times.setdefault(person, []).append(now)


def refusal_of_text(body: str) -> str | None:
    if not body:
        return "empty"
    return "too_long" if len(body) > LONGEST_BODY else None
