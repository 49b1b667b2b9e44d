"""Whether each edit, removal and reaction that was acknowledged last is what is stored (I1)."""

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from tests.faults.history.evidence import Evidence, Frame, Story

K = TypeVar("K", bound=Hashable)


def changes_that_are_lost(evidence: Evidence) -> Iterator[str]:
    records = {record.seq: record for record in evidence.records}
    shown = {seq: record for seq, record in records.items() if record.state == "shown"}
    for story in evidence.stories:
        for seq in last(story, "remove", lambda wish: int(wish["seq"])):
            if seq in shown:
                yield f"I1: the removal of post {seq} was acknowledged and it is still there"
            elif seq not in records:
                yield f"I1: the removal of post {seq} was acknowledged, which is not stored"
        for seq, edit in last(story, "edit", lambda wish: int(wish["seq"])).items():
            if seq in shown and shown[seq].body != edit["body"]:
                yield f"I1: post {seq} should read {edit['body']!r}: {shown[seq].body!r}"
        reactions = last(story, "react", lambda wish: (int(wish["seq"]), str(wish["emoji"])))
        for (seq, emoji), react in reactions.items():
            is_on = seq in shown and (story.person, emoji) in set(shown[seq].reacted)
            if seq in shown and is_on != react["on"]:
                was = "set" if react["on"] else "taken back"
                yield f"I1: {emoji} on post {seq} was {was} by person {story.person}, and is not"


def last(story: Story, type: str, key: Callable[[Frame], K]) -> dict[K, Frame]:
    """The wish of that kind with the newest acknowledgement, for each thing that it is about."""
    wishes = {frame["ref"]: frame for frame in story.all_sent(type)}
    newest: dict[K, Frame] = {}
    revs: dict[K, int] = {}
    for ack in story.all_heard("ack"):
        wish = wishes.get(ack["ref"])
        if wish is not None and ack["rev"] > revs.get(key(wish), 0):
            revs[key(wish)] = ack["rev"]
            newest[key(wish)] = wish
    return newest
