"""Checks that what each client held was always the room at one revision (I4, I8)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.faults.history.evidence import ClientLog, Evidence, Frame, Record

# The server splits what is longer; the rest follows in the next frame.
MOST_POSTS, MOST_CHARACTERS = 500, 150_000
PERSONAL = ("body", "mine", "was")
OF_THE_AUTHOR = ("body", "was")


def wrong_views(evidence: Evidence) -> Iterator[str]:
    versions = Versions()
    for client_log in evidence.client_logs:
        for frame in client_log.received("welcome", "posts"):
            yield from versions.note(frame)
        yield from leaks_to_others(client_log, evidence)
    for record in evidence.records:
        versions.seqs[record.rev].add(record.seq)
    for rev, seqs in sorted(versions.seqs.items()):
        if len(seqs) > 1:
            yield f"I3: posts {sorted(seqs)} have the same revision {rev}"
    for number, client_log in enumerate(evidence.client_logs):
        for problem in problems_of_view(client_log, evidence, versions):
            yield f"{problem} (client {number})"


class Versions:
    """Every state of every post that any client received: at most one for each revision."""

    def __init__(self) -> None:
        self.seqs: dict[int, set[int]] = defaultdict(set)
        self.content: dict[tuple[int, int], Any] = {}

    def note(self, frame: Frame) -> Iterator[str]:
        for post in frame["posts"]:
            if frame["type"] == "posts" and any(name in post for name in PERSONAL):
                yield f"I8: post {post['seq']} went to everyone with its author's data"
            if post["state"] != "shown" and (post["html"] or post["reactions"]):
                yield f"I8: post {post['seq']} is {post['state']} and its content was sent"
            content = {name: value for name, value in post.items() if name not in PERSONAL}
            known = self.content.setdefault((post["seq"], post["rev"]), content)
            if known != content:
                yield f"I4: post {post['seq']} at revision {post['rev']} was shown in two ways"
            self.seqs[post["rev"]].add(post["seq"])


def leaks_to_others(client_log: ClientLog, evidence: Evidence) -> Iterator[str]:
    author = {record.seq: record.author for record in evidence.records}
    for frame in client_log.received("welcome", "yours"):
        for post in frame["posts"]:
            is_own = author.get(post["seq"]) == client_log.person
            if not is_own and any(name in post for name in OF_THE_AUTHOR):
                yield f"I8: person {client_log.person} got the author's data of post {post['seq']}"


class View:
    """What one client holds according to the protocol, and the room at the same revision."""

    def __init__(self, versions: Versions) -> None:
        self.versions = versions
        self.reset()

    def reset(self) -> None:
        self.rev = 0
        self.held: dict[int, Frame] = {}
        self.room: dict[int, int] = {}

    def apply(self, frame: Frame) -> None:
        """Apply the frame's posts, and move the room on to the same revision."""
        for post in frame["posts"]:
            if post["seq"] not in self.held or self.held[post["seq"]]["rev"] < post["rev"]:
                self.held[post["seq"]] = post
        before, self.rev = self.rev, max(self.rev, frame["rev"])
        touched = {post["seq"] for post in frame["posts"]}
        for rev in range(before + 1, self.rev + 1):
            for seq in self.versions.seqs.get(rev, ()):
                self.room[seq] = rev
                touched.add(seq)
        self.is_the_room = len(self.held) == len(self.room) and all(
            seq in self.held and self.held[seq]["rev"] == self.room.get(seq) for seq in touched
        )

    @property
    def is_a_prefix(self) -> bool:
        return max(self.held, default=0) == len(self.held)


def problems_of_view(
    client_log: ClientLog, evidence: Evidence, versions: Versions
) -> Iterator[str]:
    """Follow what one client held, frame by frame."""
    view = View(versions)
    for frame in client_log.received("welcome", "posts"):
        before = view.rev
        if frame["type"] == "welcome" and frame["after"] == 0:
            view.reset()
        since = frame["after"] if frame["type"] == "welcome" else frame["since"]
        if since > view.rev:
            continue  # posts are missing, so the client says hello again
        view.apply(frame)
        if is_cut(frame):
            continue
        if view.rev < before:
            yield f"I4: a client was at revision {before} and went back to {view.rev}"
        if not view.is_a_prefix:
            yield f"I4: at revision {view.rev} a client held posts {sorted(view.held)[:40]}"
            return
        if not view.is_the_room:
            yield f"I4: what a client held at revision {view.rev} was not the room at that revision"
            return
    if view.rev != evidence.revision:
        yield (
            f"I4: at the end a client was at revision {view.rev} and the room at "
            f"{evidence.revision}"
        )
    for record in evidence.records:
        if record.seq in view.held and not is_same(record, view.held[record.seq]):
            yield f"I4: at the end a client's post {record.seq} differed from the stored one"
    if len(view.held) != len(evidence.records):
        yield f"I4: at the end a client held {len(view.held)} of {len(evidence.records)} posts"


def is_cut(frame: Frame) -> bool:
    """Whether the frame was filled to a limit, so that the next one continues it."""
    if len(frame["posts"]) >= MOST_POSTS:
        return True
    return sum(len(post["html"]) + 200 for post in frame["posts"]) > MOST_CHARACTERS


def is_same(record: Record, post: Frame) -> bool:
    return as_stored(record) == {
        **{name: post.get(name) for name in ("rev", "id", "topic", "at", "state", "html")},
        "author": post["author"]["id"],
        "reply_to": post.get("reply_to"),
        "pinned": post.get("pinned", False),
        "reactions": post["reactions"],
    }


def as_stored(record: Record) -> dict[str, Any]:
    is_shown = record.state == "shown"
    reactions: dict[str, int] = {}
    for _, emoji in record.reacted if is_shown else ():
        reactions[emoji] = reactions.get(emoji, 0) + 1
    return {
        "rev": record.rev,
        "id": record.client_id,
        "topic": record.topic,
        "at": instant(record.at),
        "state": record.state,
        "html": record.html if is_shown else "",
        "author": record.author,
        "reply_to": record.reply_to,
        "pinned": record.pinned,
        "reactions": reactions,
    }


def instant(at: datetime) -> str:
    """The instant as the wire protocol writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
