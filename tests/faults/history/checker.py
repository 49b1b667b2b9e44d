"""Reads the evidence and says, a sentence each, which promise of the room was broken.

I1 what was acknowledged is stored, a post once, with that seq and revision, in the topic of its
instant. I2 what was refused is not stored, nothing twice. I3 seq is 1..n; instants and topics never
fall along it. I4 what a client holds is the room at one revision, which never falls; new posts come
as a prefix; in the end it is what is stored. I5 transcript and page hold the same. I6 one person's
posts keep the order in which they were sent. I7 same id, same answer. I8 nobody sees what is not
theirs. (I9, that no process ends unasked or says what it must not, is `tests.faults.scenario`'s.)
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from tests.faults.history.acknowledged_changes import changes_that_are_lost
from tests.faults.history.client_views import instant, views_that_differ
from tests.faults.history.evidence import Evidence, Frame, Record, Story

# Answers that say nothing about whether something is stored: it is to be sent again.
NOT_YET = ("unavailable", "too_fast")


def findings(evidence: Evidence) -> list[str]:
    """One sentence for each promise that was broken; none is what we want."""
    return [
        *stored_in_order(evidence),
        *answers_that_do_not_hold(evidence),
        *changes_that_are_lost(evidence),
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
    sent = {(s.person, frame["id"]) for s in evidence.stories for frame in s.all_sent("post")}
    for author, client_id in twice.keys() - sent:
        yield f"I2: person {author} never sent {client_id}, and it is stored"
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
        for id, heard in answers(story).items():
            yield from what_is_wrong(id, heard, stored.get((story.person, id)))


def answers(story: Story) -> dict[str, list[Frame]]:
    """What was said to each post, in that order."""
    posts = {frame["id"] for frame in story.all_sent("post")}
    heard: dict[str, list[Frame]] = defaultdict(list)
    for frame in story.all_heard("ack", "refused"):
        if frame.get("ref") in posts:
            heard[frame["ref"]].append(frame)
    return heard


def what_is_wrong(id: str, heard: list[Frame], record: Record | None) -> Iterator[str]:
    acks = {(frame["seq"], frame["rev"]) for frame in heard if frame["type"] == "ack"}
    if len(acks) > 1:
        yield f"I7: {id} got different answers: {sorted(acks)}"
    for ack in acks:
        if record is None:
            yield f"I1: {id} was acknowledged and is not stored"
        elif ack != (record.seq, record.taken_rev):
            yield (
                f"I1: {id} was acknowledged as {ack} and is stored as "
                f"{(record.seq, record.taken_rev)}"
            )
    first = next((n for n, frame in enumerate(heard) if frame["type"] == "ack"), None)
    late = heard[first + 1 :] if first is not None else []
    if any(frame["type"] == "refused" and frame["code"] not in NOT_YET for frame in late):
        yield f"I7: {id} was refused after it had been acknowledged"
    if heard[-1]["type"] == "refused" and not acks and record is not None:
        yield f"I2: {id} was refused ({heard[-1]['code']}) and is stored"


def orders_that_changed(evidence: Evidence) -> Iterator[str]:
    seq_of = {(record.author, record.client_id): record.seq for record in evidence.records}
    for story in evidence.stories:
        ids = dict.fromkeys(frame["id"] for frame in story.all_sent("post"))
        # What had to wait for a refusal's time goes later, as its sender knows.
        held = {f["ref"] for f in story.all_heard("refused") if f.get("code") in NOT_YET}
        seqs = [seq_of[story.person, id] for id in ids
                if (story.person, id) in seq_of and id not in held]  # fmt: skip
        if seqs != sorted(seqs):
            yield f"I6: posts of person {story.person} changed their order: {seqs[:40]}"


def a_transcript_that_differs(evidence: Evidence) -> Iterator[str]:
    records = sorted(evidence.records, key=lambda record: record.seq)
    rows = [[r.seq, instant(r.at), r.topic, r.author, r.reply_to, sha256(r.body)] for r in records]
    if [list(row) for row in evidence.transcript] != rows:
        yield "I5: the transcript does not hold the posts that are stored"
    if [seq for seq, _ in evidence.page] != [record.seq for record in records]:
        yield "I5: the transcript's page does not show the posts that are stored"
        return
    for record, (_, html) in zip(records, evidence.page, strict=True):
        if record.state == "shown" and record.html not in html:
            yield f"I5: the transcript's page shows post {record.seq} otherwise than it is stored"
        if record.state != "shown" and record.body and record.body in html:
            yield f"I8: the transcript's page shows post {record.seq}, which is {record.state}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
