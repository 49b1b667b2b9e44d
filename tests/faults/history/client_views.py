"""Whether what each client held was the room at one revision, all the time (I4, I8)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.faults.history.evidence import Evidence, Frame, Record, Story

# The server cuts here; what a client misses of the room meanwhile is in the next frame.
MOST_POSTS, MOST_CHARACTERS = 500, 150_000
PERSONAL = ("body", "mine", "was")
OF_THE_AUTHOR = ("body", "was")


def views_that_differ(evidence: Evidence) -> Iterator[str]:
    versions = Versions()
    for story in evidence.stories:
        for frame in story.all_heard("welcome", "posts"):
            yield from versions.note(frame)
        yield from sights_of_others(story, evidence)
    for record in evidence.records:
        versions.seqs[record.rev].add(record.seq)
    for rev, seqs in sorted(versions.seqs.items()):
        if len(seqs) > 1:
            yield f"I3: posts {sorted(seqs)} have the same revision {rev}"
    for number, story in enumerate(evidence.stories):
        yield from (f"{found} (client {number})" for found in view(story, evidence, versions))


class Versions:
    """Every state of every post that anybody was shown: there is one for each revision."""

    def __init__(self) -> None:
        self.seqs: dict[int, set[int]] = defaultdict(set)
        self.content: dict[tuple[int, int], Any] = {}

    def note(self, frame: Frame) -> Iterator[str]:
        for post in frame["posts"]:
            if frame["type"] == "posts" and any(name in post for name in PERSONAL):
                yield f"I8: post {post['seq']} went to everyone with what is its author's"
            if post["state"] != "shown" and (post["html"] or post["reactions"]):
                yield f"I8: post {post['seq']} is {post['state']} and what it said was shown"
            content = {name: value for name, value in post.items() if name not in PERSONAL}
            known = self.content.setdefault((post["seq"], post["rev"]), content)
            if known != content:
                yield f"I4: post {post['seq']} at revision {post['rev']} was shown in two ways"
            self.seqs[post["rev"]].add(post["seq"])


def sights_of_others(story: Story, evidence: Evidence) -> Iterator[str]:
    author = {record.seq: record.author for record in evidence.records}
    for frame in story.all_heard("welcome", "yours"):
        for post in frame["posts"]:
            is_own = author.get(post["seq"]) == story.person
            if not is_own and any(name in post for name in OF_THE_AUTHOR):
                yield f"I8: person {story.person} was told what is the author's of {post['seq']}"


class View:
    """What one client holds as the protocol says, beside what the room was at that revision."""

    def __init__(self, versions: Versions) -> None:
        self.versions = versions
        self.drop()

    def drop(self) -> None:
        self.rev = 0
        self.held: dict[int, Frame] = {}
        self.room: dict[int, int] = {}

    def apply(self, frame: Frame) -> None:
        """As the frame says; and the room goes on to the same revision."""
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


def view(story: Story, evidence: Evidence, versions: Versions) -> Iterator[str]:
    """Follow what one client held, frame by frame."""
    mine = View(versions)
    for frame in story.all_heard("welcome", "posts"):
        before = mine.rev
        if frame["type"] == "welcome" and frame["after"] == 0:
            mine.drop()
        since = frame["after"] if frame["type"] == "welcome" else frame["since"]
        if since > mine.rev:
            continue  # a hole, and the client asks again
        mine.apply(frame)
        if is_cut(frame):
            continue
        if mine.rev < before:
            yield f"I4: a client was at revision {before} and fell back to {mine.rev}"
        if not mine.is_a_prefix:
            yield f"I4: at revision {mine.rev} a client held posts {sorted(mine.held)[:40]}"
            return
        if not mine.is_the_room:
            yield f"I4: what a client held at revision {mine.rev} was not the room at it"
            return
    if mine.rev != evidence.revision:
        yield (
            f"I4: in the end a client was at revision {mine.rev} and the room at "
            f"{evidence.revision}"
        )
    for record in evidence.records:
        if record.seq in mine.held and not is_same(record, mine.held[record.seq]):
            yield f"I4: in the end a client held post {record.seq} otherwise than it is stored"
    if len(mine.held) != len(evidence.records):
        yield f"I4: in the end a client held {len(mine.held)} of {len(evidence.records)} posts"


def is_cut(frame: Frame) -> bool:
    """Was there more to say than one frame may hold? Then the next one goes on."""
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
    """As the wire writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
