"""Reads the evidence and says, a sentence each, which promise of the room was broken.

I1 an acknowledged post is stored once, with that seq, at an instant of its topic. I2 what was
refused is not stored, nothing twice. I3 seq is 1..n; instants and topics never fall along it. I4
what a client holds is the room at one revision, which never falls; new posts come as a prefix; in
the end it is what is stored. I5 the transcript holds the same. I6 one person's posts keep the order
in which they were sent. I7 same id, same answer. I8 nobody sees what is not theirs.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.faults.evidence import Evidence, Frame, Record, Story

PERSONAL = ("body", "mine", "was")
# Answers that say nothing about whether something is stored: it is to be sent again.
NOT_YET = ("unavailable", "too_fast")


def findings(evidence: Evidence) -> list[str]:
    """One sentence for each promise that was broken; none is what we want."""
    return [
        *stored_in_order(evidence),
        *answers_that_do_not_hold(evidence),
        *orders_that_changed(evidence),
        *views_that_differ(evidence),
        *a_transcript_that_differs(evidence),
    ]


def stored_in_order(evidence: Evidence) -> Iterator[str]:
    records = sorted(evidence.records, key=lambda record: record.seq)
    seqs = [record.seq for record in records]
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"I3: seq is not 1..{len(seqs)}: {seqs[:20]}"
    twice = Counter((record.author, record.client_id) for record in records)
    for (_, client_id), count in twice.items():
        if count > 1:
            yield f"I2: {client_id} is stored {count} times"
    for before, after in pairwise(records):
        if after.at < before.at:
            yield f"I3: post {after.seq} was taken before post {before.seq}"
        if after.topic < before.topic:
            yield f"I3: post {after.seq} is of an earlier topic than post {before.seq}"
    for record in records:
        minutes = (record.at - evidence.starts_at) / timedelta(minutes=1)
        if not 0 <= minutes < 30:
            yield f"I3: post {record.seq} was taken at minute {minutes:.4f}"
        elif record.topic != int(minutes // 10) + 1:
            yield f"I3: post {record.seq}, of minute {minutes:.4f}, is of topic {record.topic}"


def answers_that_do_not_hold(evidence: Evidence) -> Iterator[str]:
    stored = {(record.author, record.client_id): record for record in evidence.records}
    for story in evidence.stories:
        posts = {e.frame["id"] for e in story.events if is_sent(e.kind, e.frame, "post")}
        answers: dict[str, list[Frame]] = defaultdict(list)
        for event in story.events:
            frame = event.frame
            is_answer = event.kind == "heard" and frame["type"] in ("ack", "refused")
            if is_answer and frame.get("ref") in posts:
                answers[frame["ref"]].append(frame)
        for id, heard in answers.items():
            acks = {(frame["seq"], frame["rev"]) for frame in heard if frame["type"] == "ack"}
            record = stored.get((story.person, id))
            if len(acks) > 1:
                yield f"I7: {id} got different answers: {sorted(acks)}"
            for seq, _ in acks:
                if record is None:
                    yield f"I1: {id} was acknowledged and is not stored"
                elif record.seq != seq:
                    yield f"I1: {id} was acknowledged as {seq} and is stored as {record.seq}"
            first = next((n for n, frame in enumerate(heard) if frame["type"] == "ack"), None)
            late = heard[first + 1 :] if first is not None else []
            if any(f["type"] == "refused" and f["code"] not in NOT_YET for f in late):
                yield f"I7: {id} was refused after it had been acknowledged"
            if heard[-1]["type"] == "refused" and not acks and record is not None:
                yield f"I2: {id} was refused ({heard[-1]['code']}) and is stored"
        yield from edits_that_are_lost(story, evidence)


def edits_that_are_lost(story: Story, evidence: Evidence) -> Iterator[str]:
    """The last acknowledged edit of a post that is still there is its text."""
    edits = {e.frame["ref"]: e.frame for e in story.events if is_sent(e.kind, e.frame, "edit")}
    last: dict[int, Frame] = {}
    for event in story.events:
        if event.kind == "heard" and event.frame["type"] == "ack" and event.frame["ref"] in edits:
            seq = event.frame["seq"]
            if seq not in last or last[seq]["rev"] < event.frame["rev"]:
                last[seq] = event.frame
    for record in evidence.records:
        if record.seq in last and record.state == "shown":
            wanted = edits[last[record.seq]["ref"]]["body"]
            if record.body != wanted and last[record.seq]["rev"] <= record.rev:
                yield f"I1: post {record.seq} should read {wanted!r} and reads {record.body!r}"


def orders_that_changed(evidence: Evidence) -> Iterator[str]:
    seq_of = {(record.author, record.client_id): record.seq for record in evidence.records}
    for story in evidence.stories:
        ids = dict.fromkeys(e.frame["id"] for e in story.events if is_sent(e.kind, e.frame, "post"))
        refused = {e.frame["ref"] for e in story.events if e.kind == "heard" and is_held(e.frame)}
        # What had to wait for a refusal's time goes later, as its sender knows.
        seqs = [seq_of[story.person, id] for id in ids
                if (story.person, id) in seq_of and id not in refused]  # fmt: skip
        if seqs != sorted(seqs):
            yield f"I6: posts of person {story.person} changed their order: {seqs[:40]}"


def is_held(frame: Frame) -> bool:
    return frame["type"] == "refused" and frame.get("code") in NOT_YET


def views_that_differ(evidence: Evidence) -> Iterator[str]:
    versions = Versions()
    for story in evidence.stories:
        for event in story.events:
            if event.kind == "heard" and event.frame["type"] in ("welcome", "posts"):
                yield from versions.note(event.frame)
    for record in evidence.records:
        versions.revs[record.seq].add(record.rev)
    versions.sort()
    for number, story in enumerate(evidence.stories):
        yield from (f"{found} (client {number})" for found in view(story, evidence, versions))


class Versions:
    """Every state of every post that anybody was shown: there is one for each revision."""

    def __init__(self) -> None:
        self.revs: dict[int, set[int]] = defaultdict(set)
        self.sorted: dict[int, list[int]] = {}
        self.content: dict[tuple[int, int], Any] = {}

    def note(self, frame: Frame) -> Iterator[str]:
        for post in frame["posts"]:
            if frame["type"] == "posts" and any(name in post for name in PERSONAL):
                yield f"I8: post {post['seq']} went to everyone with what is its author's"
            content = {name: value for name, value in post.items() if name not in PERSONAL}
            known = self.content.setdefault((post["seq"], post["rev"]), content)
            if known != content:
                yield f"I4: post {post['seq']} at revision {post['rev']} was shown in two ways"
            self.revs[post["seq"]].add(post["rev"])

    def sort(self) -> None:
        self.sorted = {seq: sorted(revs) for seq, revs in self.revs.items()}

    def at(self, revision: int) -> dict[int, int]:
        """The room at that revision: each post's own revision by seq."""
        room = {}
        for seq, revs in self.sorted.items():
            index = bisect_right(revs, revision)
            if index:
                room[seq] = revs[index - 1]
        return room


def view(story: Story, evidence: Evidence, versions: Versions) -> Iterator[str]:
    """Follow what one client held, frame by frame, as the protocol says."""
    held: dict[int, Frame] = {}
    rev = 0
    checked = -1
    for event in story.events:
        frame = event.frame
        if event.kind != "heard" or frame["type"] not in ("welcome", "posts"):
            continue
        if frame["type"] == "welcome":
            if frame["after"] == 0:
                held, rev = {}, 0
            since = frame["after"]
        else:
            since = frame["since"]
        if since > rev:
            continue  # a hole, and the client asks again
        for post in frame["posts"]:
            if post["seq"] not in held or held[post["seq"]]["rev"] < post["rev"]:
                held[post["seq"]] = post
        rev = max(rev, frame["rev"])
        if rev != checked:
            checked = rev
            if sorted(held) != list(range(1, len(held) + 1)):
                yield f"I4: at revision {rev} a client held posts {sorted(held)[:40]}"
                return
            if {seq: post["rev"] for seq, post in held.items()} != versions.at(rev):
                yield f"I4: what a client held at revision {rev} was not the room at it"
                return
    if rev != evidence.revision:
        yield f"I4: in the end a client was at revision {rev} and the room at {evidence.revision}"
    for record in evidence.records:
        if record.seq in held and not is_same(record, held[record.seq]):
            yield f"I4: in the end a client held post {record.seq} otherwise than it is stored"
    if len(held) != len(evidence.records):
        yield f"I4: in the end a client held {len(held)} of {len(evidence.records)} posts"


def is_same(record: Record, post: Frame) -> bool:
    is_shown = record.state == "shown"
    html, reactions = (record.html, record.reactions) if is_shown else ("", {})
    return (post["rev"], post["id"], post["topic"], post["author"]["id"], post["html"]) == (
        record.rev, record.client_id, record.topic, record.author, html,
    ) and post.get("reactions", {}) == reactions  # fmt: skip


def a_transcript_that_differs(evidence: Evidence) -> Iterator[str]:
    if evidence.transcript is None:
        return
    stored = [(record.seq, record.author) for record in evidence.records]
    if list(evidence.transcript) != sorted(stored):
        yield "I5: the transcript does not hold the posts that are stored"


def is_sent(kind: str, frame: Frame, type: str) -> bool:
    return kind == "sent" and frame["type"] == type
