"""Checks the evidence of a session against the room's promises, with a sentence for each breach.

I1: an acknowledged post is stored once, with the acknowledged seq and revision, in the topic that
ran at its instant. I2: a refused post is not stored, and nothing is stored twice. I3: seq runs from
1 to n; instants and topics never go back along it. I4: a client always holds the room as it was at
one revision, which never decreases; new posts arrive as a prefix; at the end, it holds what is
stored. I5: the transcript and its page hold the same. I6: each person's posts keep the order in
which they were sent. I7: the same id gets the same answer. I8: nobody sees another person's private
data. (I9, that no process exits or logs an error, is checked by `tests.faults.scenario`.)
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from tests.faults.history.acknowledged_changes import lost_changes
from tests.faults.history.client_views import instant, wrong_views
from tests.faults.history.evidence import ClientLog, Evidence, Frame, Record

# Refusals that say nothing about whether the post is stored: the client sends it again.
NOT_YET = ("unavailable", "too_fast")


def findings(evidence: Evidence) -> list[str]:
    """One sentence for each broken promise; an empty list if all are kept."""
    return [
        *misplaced_records(evidence),
        *wrong_answers(evidence),
        *lost_changes(evidence),
        *reordered_posts(evidence),
        *wrong_views(evidence),
        *transcript_differences(evidence),
    ]


def misplaced_records(evidence: Evidence) -> Iterator[str]:
    records = sorted(evidence.records, key=lambda record: record.seq)
    seqs = [record.seq for record in records]
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"I3: seq is not 1..{len(seqs)}: {seqs[:20]}"
    twice = Counter((record.author, record.client_id) for record in records)
    for (_, client_id), count in twice.items():
        if count > 1:
            yield f"I2: {client_id} is stored {count} times"
    sent = {(s.person, frame["id"]) for s in evidence.client_logs for frame in s.sent("post")}
    for author, client_id in twice.keys() - sent:
        yield f"I2: person {author} never sent {client_id}, and it is stored"
    for before, after in pairwise(records):
        if after.at < before.at:
            yield f"I3: post {after.seq} was accepted before post {before.seq}"
        if after.topic < before.topic:
            yield f"I3: post {after.seq} belongs to an earlier topic than post {before.seq}"
    for record in records:
        minutes = (record.at - evidence.starts_at) / timedelta(minutes=1)
        if not 0 <= minutes < 30:
            yield f"I3: post {record.seq} was accepted at minute {minutes:.4f}"
        elif record.topic != int(minutes // 10) + 1:
            yield f"I3: post {record.seq}, of minute {minutes:.4f}, belongs to topic {record.topic}"


def wrong_answers(evidence: Evidence) -> Iterator[str]:
    stored = {(record.author, record.client_id): record for record in evidence.records}
    for client_log in evidence.client_logs:
        for id, received in answers(client_log).items():
            yield from wrong_answers_to(id, received, stored.get((client_log.person, id)))


def answers(client_log: ClientLog) -> dict[str, list[Frame]]:
    """The acks and refusals of each post by its id, in the order of their arrival."""
    posts = {frame["id"] for frame in client_log.sent("post")}
    received: dict[str, list[Frame]] = defaultdict(list)
    for frame in client_log.received("ack", "refused"):
        if frame.get("ref") in posts:
            received[frame["ref"]].append(frame)
    return received


def wrong_answers_to(id: str, received: list[Frame], record: Record | None) -> Iterator[str]:
    acks = {(frame["seq"], frame["rev"]) for frame in received if frame["type"] == "ack"}
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
    first = next((n for n, frame in enumerate(received) if frame["type"] == "ack"), None)
    late = received[first + 1 :] if first is not None else []
    if any(frame["type"] == "refused" and frame["code"] not in NOT_YET for frame in late):
        yield f"I7: {id} was refused after it had been acknowledged"
    if received[-1]["type"] == "refused" and not acks and record is not None:
        yield f"I2: {id} was refused ({received[-1]['code']}) and is stored"


def reordered_posts(evidence: Evidence) -> Iterator[str]:
    seq_of = {(record.author, record.client_id): record.seq for record in evidence.records}
    for client_log in evidence.client_logs:
        ids = dict.fromkeys(frame["id"] for frame in client_log.sent("post"))
        # A post that was refused for now may come later than those sent after it.
        postponed = {f["ref"] for f in client_log.received("refused") if f.get("code") in NOT_YET}
        seqs = [seq_of[client_log.person, id] for id in ids
                if (client_log.person, id) in seq_of and id not in postponed]  # fmt: skip
        if seqs != sorted(seqs):
            yield f"I6: posts of person {client_log.person} changed their order: {seqs[:40]}"


def transcript_differences(evidence: Evidence) -> Iterator[str]:
    records = sorted(evidence.records, key=lambda record: record.seq)
    rows = [[r.seq, instant(r.at), r.topic, r.author, r.reply_to, sha256(r.body)] for r in records]
    if [list(row) for row in evidence.transcript] != rows:
        yield "I5: the transcript does not hold the posts that are stored"
    if [seq for seq, _ in evidence.page] != [record.seq for record in records]:
        yield "I5: the transcript's page does not show the posts that are stored"
        return
    for record, (_, html) in zip(records, evidence.page, strict=True):
        if record.state == "shown" and record.html not in html:
            yield f"I5: the transcript's page and the database differ in post {record.seq}"
        if record.state != "shown" and record.body and record.body in html:
            yield f"I8: the transcript's page shows post {record.seq}, which is {record.state}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
