"""Checks that the last acknowledged edit, removal and reaction is what is stored (I1)."""

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from tests.faults.history.evidence import ClientLog, Evidence, Frame

K = TypeVar("K", bound=Hashable)


def lost_changes(evidence: Evidence) -> Iterator[str]:
    records = {record.seq: record for record in evidence.records}
    shown = {seq: record for seq, record in records.items() if record.state == "shown"}
    for client_log in evidence.client_logs:
        for seq in last_acknowledged(client_log, "remove", lambda frame: int(frame["seq"])):
            if seq in shown:
                yield f"I1: the removal of post {seq} was acknowledged and it is still there"
            elif seq not in records:
                yield f"I1: the removal of post {seq} was acknowledged, which is not stored"
        for seq, edit in last_acknowledged(
            client_log, "edit", lambda frame: int(frame["seq"])
        ).items():
            if seq in shown and shown[seq].body != edit["body"]:
                yield f"I1: post {seq} should read {edit['body']!r}: {shown[seq].body!r}"
        reactions = last_acknowledged(
            client_log, "react", lambda frame: (int(frame["seq"]), str(frame["emoji"]))
        )
        for (seq, emoji), react in reactions.items():
            is_on = seq in shown and (client_log.person, emoji) in set(shown[seq].reacted)
            if seq in shown and is_on != react["on"]:
                was = "set" if react["on"] else "removed"
                yield f"I1: {emoji} on post {seq}, {was} by person {client_log.person}, is lost"


def last_acknowledged(
    client_log: ClientLog, type: str, key: Callable[[Frame], K]
) -> dict[K, Frame]:
    """The request of that type with the newest acknowledgement, for each value of `key`."""
    requests = {frame["ref"]: frame for frame in client_log.sent(type)}
    newest: dict[K, Frame] = {}
    revs: dict[K, int] = {}
    for ack in client_log.received("ack"):
        request = requests.get(ack["ref"])
        if request is not None and ack["rev"] > revs.get(key(request), 0):
            revs[key(request)] = ack["rev"]
            newest[key(request)] = request
    return newest
