"""The checker reads all of the evidence: it notices tampering with any part of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.history.checker import findings
from tests.faults.history.evidence import Evidence, Frame
from tests.faults.history.model_room import Room
from tests.faults.history.test_checker import post_at


def a_sound_session() -> Evidence:
    room = Room()
    one, two = room.enter(1), room.enter(2)
    post_at(room, one, "a", 10)
    post_at(room, two, "b", 11)
    post_at(room, one, "c", 12)
    room.look()
    one.read_on()
    return room.evidence()


def change_record(evidence: Evidence, seq: int, **fields: Any) -> None:
    evidence.records = [
        replace(record, **fields) if record.seq == seq else record for record in evidence.records
    ]


def acknowledge(evidence: Evidence, rev: int, **request: Any) -> None:
    evidence.client_logs[0].record_sent({**request, "ref": "request"})
    evidence.client_logs[0].record_received(
        {"type": "ack", "ref": "request", "seq": request["seq"], "rev": rev}
    )


def an_edit_is_lost(evidence: Evidence) -> None:
    acknowledge(evidence, 4, type="edit", seq=1, body="better")


def a_removal_is_lost(evidence: Evidence) -> None:
    acknowledge(evidence, 4, type="remove", seq=1)


def a_reaction_is_lost(evidence: Evidence) -> None:
    acknowledge(evidence, 4, type="react", seq=2, emoji="💡", on=True)


def an_acknowledged_post_has_another_place(evidence: Evidence) -> None:
    evidence.client_logs[0].record_received({"type": "ack", "ref": "a", "seq": 2, "rev": 2})


def a_refused_post_is_stored(evidence: Evidence) -> None:
    events = evidence.client_logs[1].events
    events[:] = [event for event in events if event.frame.get("ref") != "b"]
    evidence.client_logs[1].record_received({"type": "refused", "ref": "b", "code": "closed"})


def a_post_comes_from_nowhere(evidence: Evidence) -> None:
    change_record(evidence, 3, client_id="unknown")


def posts_change_their_order(evidence: Evidence) -> None:
    change_record(evidence, 1, client_id="c")
    change_record(evidence, 3, client_id="a")


def a_client_goes_back_to_an_older_revision(evidence: Evidence) -> None:
    posts = [{**post} for post in frames(evidence, "posts")[0]["posts"][:2]]
    evidence.client_logs[0].record_received(
        {"type": "welcome", "after": 0, "rev": 2, "posts": posts}
    )
    evidence.client_logs[0].record_received(frames(evidence, "posts")[0])


def a_post_is_shown_with_other_text(evidence: Evidence) -> None:
    change_record(evidence, 2, html="other")
    evidence.page = [(seq, "other") if seq == 2 else (seq, html) for seq, html in evidence.page]


def a_reaction_is_not_shown(evidence: Evidence) -> None:
    change_record(evidence, 2, reacted=[(1, "💡")])


def the_author_s_source_text_goes_to_everyone(evidence: Evidence) -> None:
    frames(evidence, "posts")[0]["posts"][0]["body"] = "a"


def a_welcome_contains_another_author_s_text(evidence: Evidence) -> None:
    posts = [{**frames(evidence, "posts")[0]["posts"][0], "body": "a"}]
    evidence.client_logs[1].record_received(
        {"type": "welcome", "after": 2, "rev": 3, "posts": posts}
    )


def the_transcript_has_another_text(evidence: Evidence) -> None:
    evidence.transcript = [*evidence.transcript[:-1], [*evidence.transcript[-1][:-1], "other"]]


def a_post_is_missing_from_the_page(evidence: Evidence) -> None:
    evidence.page = evidence.page[1:]


def frames(evidence: Evidence, type: str) -> list[Frame]:
    return list(evidence.client_logs[0].received(type))


TAMPERED: list[tuple[Callable[[Evidence], None], str]] = [
    (an_edit_is_lost, "I1"),
    (a_removal_is_lost, "I1"),
    (a_reaction_is_lost, "I1"),
    (an_acknowledged_post_has_another_place, "I1"),
    (a_refused_post_is_stored, "I2"),
    (a_post_comes_from_nowhere, "I2"),
    (a_client_goes_back_to_an_older_revision, "I4"),
    (a_post_is_shown_with_other_text, "I4"),
    (a_reaction_is_not_shown, "I4"),
    (the_transcript_has_another_text, "I5"),
    (a_post_is_missing_from_the_page, "I5"),
    (posts_change_their_order, "I6"),
    (the_author_s_source_text_goes_to_everyone, "I8"),
    (a_welcome_contains_another_author_s_text, "I8"),
]


@pytest.mark.parametrize(("tamper", "promise"), TAMPERED, ids=[t[0].__name__ for t in TAMPERED])
def test_the_checker_notices_that_evidence_was_tampered_with(
    tamper: Callable[[Evidence], None], promise: str
) -> None:
    evidence = a_sound_session()
    assert findings(evidence) == []
    tamper(evidence)
    found = findings(evidence)
    assert any(sentence.startswith(promise) for sentence in found), found
