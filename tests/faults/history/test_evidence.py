"""The checker reads all of the evidence: what was tampered with anywhere in it is noticed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.history.checker import findings
from tests.faults.history.evidence import Evidence, Frame
from tests.faults.history.model_room import Room
from tests.faults.history.test_checker import say


def a_sound_session() -> Evidence:
    room = Room()
    one, two = room.enter(1), room.enter(2)
    say(room, one, "a", 10)
    say(room, two, "b", 11)
    say(room, one, "c", 12)
    room.look()
    one.read_on()
    return room.evidence()


def changed(evidence: Evidence, seq: int, **fields: Any) -> None:
    evidence.records = [
        replace(record, **fields) if record.seq == seq else record for record in evidence.records
    ]


def acknowledge(evidence: Evidence, rev: int, **wish: Any) -> None:
    evidence.stories[0].sent({**wish, "ref": "wish"})
    evidence.stories[0].heard({"type": "ack", "ref": "wish", "seq": wish["seq"], "rev": rev})


def an_edit_is_lost(evidence: Evidence) -> None:
    acknowledge(evidence, 4, type="edit", seq=1, body="better")


def a_removal_is_lost(evidence: Evidence) -> None:
    acknowledge(evidence, 4, type="remove", seq=1)


def a_reaction_is_lost(evidence: Evidence) -> None:
    acknowledge(evidence, 4, type="react", seq=2, emoji="💡", on=True)


def an_acknowledged_post_has_another_place(evidence: Evidence) -> None:
    evidence.stories[0].heard({"type": "ack", "ref": "a", "seq": 2, "rev": 2})


def a_refused_post_is_stored(evidence: Evidence) -> None:
    events = evidence.stories[1].events
    events[:] = [event for event in events if event.frame.get("ref") != "b"]
    evidence.stories[1].heard({"type": "refused", "ref": "b", "code": "closed"})


def a_post_comes_from_nowhere(evidence: Evidence) -> None:
    changed(evidence, 3, client_id="unknown")


def posts_change_their_order(evidence: Evidence) -> None:
    changed(evidence, 1, client_id="c")
    changed(evidence, 3, client_id="a")


def a_client_falls_back(evidence: Evidence) -> None:
    posts = [{**post} for post in frames(evidence, "posts")[0]["posts"][:2]]
    evidence.stories[0].heard({"type": "welcome", "after": 0, "rev": 2, "posts": posts})
    evidence.stories[0].heard(frames(evidence, "posts")[0])


def a_post_is_shown_otherwise_than_stored(evidence: Evidence) -> None:
    changed(evidence, 2, html="other")
    evidence.page = [(seq, "other") if seq == 2 else (seq, html) for seq, html in evidence.page]


def a_reaction_is_not_shown(evidence: Evidence) -> None:
    changed(evidence, 2, reacted=[(1, "💡")])


def the_author_s_text_goes_to_everyone(evidence: Evidence) -> None:
    frames(evidence, "posts")[0]["posts"][0]["body"] = "a"


def another_s_text_is_in_a_welcome(evidence: Evidence) -> None:
    posts = [{**frames(evidence, "posts")[0]["posts"][0], "body": "a"}]
    evidence.stories[1].heard({"type": "welcome", "after": 2, "rev": 3, "posts": posts})


def the_transcript_has_another_text(evidence: Evidence) -> None:
    evidence.transcript = [*evidence.transcript[:-1], [*evidence.transcript[-1][:-1], "other"]]


def the_page_lacks_a_post(evidence: Evidence) -> None:
    evidence.page = evidence.page[1:]


def frames(evidence: Evidence, type: str) -> list[Frame]:
    return list(evidence.stories[0].all_heard(type))


TAMPERED: list[tuple[Callable[[Evidence], None], str]] = [
    (an_edit_is_lost, "I1"),
    (a_removal_is_lost, "I1"),
    (a_reaction_is_lost, "I1"),
    (an_acknowledged_post_has_another_place, "I1"),
    (a_refused_post_is_stored, "I2"),
    (a_post_comes_from_nowhere, "I2"),
    (a_client_falls_back, "I4"),
    (a_post_is_shown_otherwise_than_stored, "I4"),
    (a_reaction_is_not_shown, "I4"),
    (the_transcript_has_another_text, "I5"),
    (the_page_lacks_a_post, "I5"),
    (posts_change_their_order, "I6"),
    (the_author_s_text_goes_to_everyone, "I8"),
    (another_s_text_is_in_a_welcome, "I8"),
]


@pytest.mark.parametrize(("tamper", "promise"), TAMPERED, ids=[t[0].__name__ for t in TAMPERED])
def test_evidence_that_was_tampered_with_is_noticed(
    tamper: Callable[[Evidence], None], promise: str
) -> None:
    evidence = a_sound_session()
    assert findings(evidence) == []
    tamper(evidence)
    found = findings(evidence)
    assert any(sentence.startswith(promise) for sentence in found), found
