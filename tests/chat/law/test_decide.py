"""Each rule of posts and of their changes as a table: at its limit and one past it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chat.law.commands import Change, Command, Edit, Hide, NewPost, Pin, React, Remove
from chat.law.decide import (
    Accepted,
    AlreadyInEffect,
    Decision,
    Facts,
    PostFacts,
    decide,
)
from chat.law.rules import LONGEST_BODY, MOST_EMOJI, SENTENCES, Bounds, Refused

STARTS_AT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
BOUNDS = Bounds(posts_per_window=10, session_posts=100, changes_per_window=20)
AUTHOR, READER = 1, 2
SHOWN = PostFacts(author_id=AUTHOR, state="shown", body="As it was", pinned=False)
EMOJI = [chr(0x1F600 + n) for n in range(MOST_EMOJI + 1)]

# One command of each kind; given by the author, as a host, each is accepted on SHOWN.
NEW_POST = NewPost("Hello")
EDIT, REMOVE, REACT = Edit(1, "Better"), Remove(1), React(1, "💡", True)
HIDE, PIN = Hide(1, "A client’s name"), Pin(1, True)
CHANGES: list[Change] = [EDIT, REMOVE, REACT, HIDE, PIN]
COMMANDS: list[Command] = [NEW_POST, *CHANGES]


def at(seconds: float) -> datetime:
    return STARTS_AT + timedelta(seconds=seconds)


FACTS = Facts(
    starts_at=STARTS_AT,
    cancelled=False,
    now=at(60),
    bounds=BOUNDS,
    person_id=AUTHOR,
    is_host=True,
    post=SHOWN,
)


def ago(*seconds: float, now: datetime = FACTS.now) -> list[datetime]:
    """Instants so many seconds before now."""
    return [now - timedelta(seconds=one) for one in seconds]


def outcome(decision: Decision) -> str:
    """The code of a refusal, or "accepted", or "in effect"."""
    match decision:
        case Refused():
            return decision.code
        case Accepted():
            return "accepted"
        case AlreadyInEffect():
            return "in effect"


def decided(command: Command, facts: Facts) -> str:
    return outcome(decide(command, facts))


def ids(command: Command) -> str:
    return type(command).__name__


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_a_command_that_breaks_no_rule_is_accepted(command: Command) -> None:
    assert decided(command, FACTS) == "accepted"


# The session


@pytest.mark.parametrize(
    ("seconds", "topic"), [(0, 1), (599.999, 1), (600, 2), (1199.999, 2), (1200, 3), (1799.999, 3)]
)
@pytest.mark.parametrize("command", [NEW_POST, EDIT, REMOVE, REACT, PIN], ids=ids)
def test_the_topic_that_runs_takes_posts_and_changes(
    command: Command, seconds: float, topic: int
) -> None:
    decision = decide(command, FACTS._replace(now=at(seconds)))
    assert isinstance(decision, Accepted) and decision.topic == topic


@pytest.mark.parametrize(
    ("seconds", "cancelled", "code"),
    [
        (-86_400, False, "not_started"),
        (-0.001, False, "not_started"),
        (1800, False, "closed"),
        (86_400, False, "closed"),
        (60, True, "cancelled"),
    ],
)
@pytest.mark.parametrize("command", [NEW_POST, EDIT, REMOVE, REACT, PIN], ids=ids)
def test_nothing_is_posted_or_changed_outside_the_session(
    command: Command, seconds: float, cancelled: bool, code: str
) -> None:
    assert decided(command, FACTS._replace(now=at(seconds), cancelled=cancelled)) == code


@pytest.mark.parametrize(("seconds", "cancelled"), [(-0.001, False), (1800, False), (60, True)])
def test_a_host_may_hide_a_post_at_any_time(seconds: float, cancelled: bool) -> None:
    facts = FACTS._replace(now=at(seconds), cancelled=cancelled)
    assert decided(HIDE, facts) == "accepted"


@pytest.mark.parametrize(
    ("only_topic", "seconds", "expected"),
    [(None, 0, "accepted"), (1, 599.999, "accepted"), (1, 600, "closed"), (2, 599.999, "closed"),
     (2, 600, "accepted")],
)  # fmt: skip
def test_a_prompt_is_posted_in_its_own_topic_alone(
    only_topic: int | None, seconds: float, expected: str
) -> None:
    prompt = NewPost("And?", from_prompt=True, only_topic=only_topic)
    assert decided(prompt, FACTS._replace(now=at(seconds))) == expected


@pytest.mark.parametrize(("posts", "expected"), [(99, "accepted"), (100, "full")])
def test_the_last_place_in_a_session_is_taken_and_the_next_is_refused(
    posts: int, expected: str
) -> None:
    assert decided(NEW_POST, FACTS._replace(session_posts=posts)) == expected


# The person


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (NEW_POST, "silenced"),
        (EDIT, "silenced"),
        (REACT, "silenced"),
        (React(1, "💡", False), "silenced"),
        (REMOVE, "accepted"),
        (HIDE, "accepted"),
        (PIN, "accepted"),
    ],
)
def test_a_silenced_person_posts_edits_and_reacts_no_more(command: Command, expected: str) -> None:
    post = replace(SHOWN, own_emoji=frozenset("💡")) if command != REACT else SHOWN
    assert decided(command, FACTS._replace(is_silenced=True, post=post)) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [(EDIT, "not_yours"), (REMOVE, "not_yours"), (REACT, "accepted"), (HIDE, "accepted"),
     (PIN, "accepted")],
)  # fmt: skip
def test_only_the_author_edits_and_removes_even_where_a_host_asks(
    command: Change, expected: str
) -> None:
    assert decided(command, FACTS._replace(person_id=READER)) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [(NEW_POST, "accepted"), (EDIT, "accepted"), (REMOVE, "accepted"), (REACT, "accepted"),
     (HIDE, "not_host"), (PIN, "not_host"), (Pin(1, False), "not_host")],
)  # fmt: skip
def test_only_a_host_hides_and_pins(command: Command, expected: str) -> None:
    post = SHOWN if command != Pin(1, False) else replace(SHOWN, pinned=True)
    assert decided(command, FACTS._replace(is_host=False, post=post)) == expected


# The windows


@pytest.mark.parametrize(
    ("recent", "retry_after"),
    [
        (ago(*[1] * 9), None),
        (ago(20, *[1] * 9), None),
        (ago(19.999, *[1] * 9), 1),
        (ago(15, *[1] * 9), 5),
        (ago(14.5, *[1] * 9), 6),
        (ago(*[0] * 10), 20),
        (ago(19, 15, *[1] * 9), 5),
    ],
)
def test_ten_posts_in_twenty_seconds_are_accepted_and_the_next_waits(
    recent: list[datetime], retry_after: int | None
) -> None:
    decision = decide(NEW_POST, FACTS._replace(recent=recent))
    expected = "accepted" if retry_after is None else "too_fast"
    assert outcome(decision) == expected
    assert getattr(decision, "retry_after", None) == retry_after


@pytest.mark.parametrize(
    ("recent", "retry_after"),
    [
        (ago(*[1] * 19), None),
        (ago(10, *[1] * 19), None),
        (ago(9.999, *[1] * 19), 1),
        (ago(7, *[1] * 19), 3),
        (ago(*[0] * 20), 10),
    ],
)
@pytest.mark.parametrize("command", [EDIT, REMOVE, REACT], ids=ids)
def test_twenty_changes_in_ten_seconds_are_accepted_and_the_next_waits(
    command: Change, recent: list[datetime], retry_after: int | None
) -> None:
    decision = decide(command, FACTS._replace(recent=recent))
    expected = "accepted" if retry_after is None else "too_fast"
    assert outcome(decision) == expected
    assert getattr(decision, "retry_after", None) == retry_after


@pytest.mark.parametrize("command", [HIDE, PIN], ids=ids)
def test_what_a_host_does_is_not_counted_and_never_waits(command: Change) -> None:
    decision = decide(command, FACTS._replace(recent=ago(*[0] * 100)))
    assert isinstance(decision, Accepted) and not decision.counts


@pytest.mark.parametrize("command", [NEW_POST, EDIT, REMOVE, REACT], ids=ids)
def test_what_people_do_counts_and_a_window_of_zero_bounds_nothing(command: Command) -> None:
    unbounded = Bounds(posts_per_window=0, session_posts=100, changes_per_window=0)
    decision = decide(command, FACTS._replace(recent=ago(*[0] * 100), bounds=unbounded))
    assert isinstance(decision, Accepted) and decision.counts


# The text and the post


@pytest.mark.parametrize(
    ("body", "expected"),
    [("x", "accepted"), ("x" * LONGEST_BODY, "accepted"), ("x" * (LONGEST_BODY + 1), "too_long"),
     ("", "empty"), ("\u200b", "empty")],
)  # fmt: skip
@pytest.mark.parametrize("kind", [NewPost, lambda body: Edit(1, body)], ids=["NewPost", "Edit"])
def test_a_text_has_one_to_two_thousand_code_points(
    kind: type[NewPost], body: str, expected: str
) -> None:
    assert decided(kind(body), FACTS) == expected


def test_a_reply_needs_the_post_that_it_replies_to() -> None:
    facts = FACTS._replace(reply_exists=False)
    decision = decide(NewPost("Hello", reply_to=9), facts)
    assert isinstance(decision, Refused)
    assert decision.code == "not_found"
    assert decision.reason != SENTENCES["not_found"]


@pytest.mark.parametrize(
    ("state", "command", "expected"),
    [
        ("removed", EDIT, "not_found"),
        ("removed", REMOVE, "in effect"),
        ("removed", REACT, "not_found"),
        ("removed", HIDE, "not_found"),
        ("removed", PIN, "not_found"),
        ("hidden", EDIT, "not_found"),
        ("hidden", REMOVE, "not_found"),
        ("hidden", REACT, "not_found"),
        ("hidden", HIDE, "in effect"),
        ("hidden", PIN, "not_found"),
    ],
)
def test_a_post_that_is_removed_or_hidden_takes_no_more_changes(
    state: str, command: Change, expected: str
) -> None:
    assert decided(command, FACTS._replace(post=replace(SHOWN, state=state))) == expected


@pytest.mark.parametrize("command", CHANGES, ids=ids)
def test_a_post_that_does_not_exist_takes_no_changes(command: Change) -> None:
    assert decided(command, FACTS._replace(post=None)) == "not_found"


@pytest.mark.parametrize(
    ("there", "added", "expected"),
    [
        (EMOJI[: MOST_EMOJI - 1], EMOJI[-1], "accepted"),
        (EMOJI[:MOST_EMOJI], EMOJI[-1], "full"),
        (EMOJI[:MOST_EMOJI], EMOJI[0], "accepted"),
    ],
)
def test_a_post_has_at_most_twenty_different_emoji(
    there: list[str], added: str, expected: str
) -> None:
    facts = FACTS._replace(post=replace(SHOWN, emoji=frozenset(there)))
    assert decided(React(1, added, True), facts) == expected


def test_a_reaction_can_be_taken_away_from_a_post_that_is_full_of_them() -> None:
    post = replace(SHOWN, emoji=frozenset(EMOJI), own_emoji=frozenset(EMOJI[:1]))
    assert decided(React(1, EMOJI[0], False), FACTS._replace(post=post)) == "accepted"


# What is in effect already


@pytest.mark.parametrize(
    ("command", "post", "person", "expected"),
    [
        (Edit(1, "As it was"), SHOWN, AUTHOR, "in effect"),
        (Edit(1, "As it was"), SHOWN, READER, "not_yours"),
        (Edit(1, "As it was."), SHOWN, AUTHOR, "accepted"),
        (REMOVE, replace(SHOWN, state="removed"), AUTHOR, "in effect"),
        (REMOVE, replace(SHOWN, state="removed"), READER, "not_yours"),
        (React(1, "💡", True), replace(SHOWN, own_emoji=frozenset("💡")), READER, "in effect"),
        (React(1, "💡", True), replace(SHOWN, own_emoji=frozenset("👍")), READER, "accepted"),
        (React(1, "💡", False), SHOWN, READER, "in effect"),
        (React(1, "💡", False), replace(SHOWN, own_emoji=frozenset("💡")), READER, "accepted"),
        (Pin(1, False), SHOWN, READER, "in effect"),
        (Pin(1, True), replace(SHOWN, pinned=True), READER, "in effect"),
        (Pin(1, True), SHOWN, READER, "not_host"),
        (HIDE, replace(SHOWN, state="hidden"), READER, "in effect"),
        (HIDE, SHOWN, READER, "not_host"),
    ],
)
def test_a_change_that_is_in_effect_already_is_acknowledged(
    command: Change, post: PostFacts, person: int, expected: str
) -> None:
    assert decided(command, FACTS._replace(post=post, person_id=person, is_host=False)) == expected


@pytest.mark.parametrize(
    ("seconds", "recent", "leaves_receipt"),
    [
        (60, ago(*[1] * 19), True),
        (60, ago(*[1] * 20), False),
        (60, ago(10, *[1] * 19), True),
        (-1, [], True),
        (1799.999, [], True),
        (1800, [], False),
    ],
)
@pytest.mark.parametrize("command", [Edit(1, "As it was"), Pin(1, False)], ids=ids)
def test_what_is_in_effect_leaves_a_receipt_within_the_bounds_of_changes_and_until_the_end(
    command: Change, seconds: float, recent: list[datetime], leaves_receipt: bool
) -> None:
    facts = FACTS._replace(now=at(seconds), recent=recent)
    assert decide(command, facts) == AlreadyInEffect(leaves_receipt)


# Their order: what a client is told first when several rules are broken

WORST = FACTS._replace(
    now=at(-1),
    person_id=READER,
    recent=ago(*[0] * 100, now=at(-1)),
    is_host=False,
    is_silenced=True,
    session_posts=100,
    reply_exists=False,
    post=replace(SHOWN, author_id=AUTHOR, state="hidden", emoji=frozenset(EMOJI[:MOST_EMOJI])),
)
RUNNING = WORST._replace(now=at(60), recent=ago(*[0] * 100))
HEARD = RUNNING._replace(is_silenced=False)
OWN = RUNNING._replace(person_id=AUTHOR)
OWN_SHOWN = OWN._replace(post=replace(WORST.post or SHOWN, state="shown"))
OTHERS_SHOWN = OWN_SHOWN._replace(person_id=READER)


@pytest.mark.parametrize(
    ("command", "facts", "code"),
    [
        (NewPost("", reply_to=9), WORST, "not_started"),
        (NewPost("", reply_to=9), RUNNING, "silenced"),
        (NewPost("", reply_to=9), HEARD, "empty"),
        (NewPost("x", reply_to=9), HEARD, "full"),
        (NewPost("x", reply_to=9), HEARD._replace(session_posts=0), "too_fast"),
        (NewPost("x", 9, only_topic=2), HEARD._replace(session_posts=0, recent=()), "not_found"),
        (Edit(1, ""), WORST, "not_started"),
        (Edit(1, ""), RUNNING, "not_yours"),
        (Edit(1, ""), OWN, "not_found"),
        (Edit(1, ""), OWN_SHOWN, "silenced"),
        (Edit(1, ""), OWN_SHOWN._replace(is_silenced=False), "empty"),
        (Edit(1, "x"), OWN_SHOWN._replace(is_silenced=False), "too_fast"),
        (REMOVE, WORST, "not_started"),
        (REMOVE, RUNNING, "not_yours"),
        (REMOVE, OWN, "not_found"),
        (REMOVE, OWN_SHOWN, "too_fast"),
        (React(1, EMOJI[-1], True), WORST, "not_started"),
        (React(1, EMOJI[-1], True), RUNNING, "not_found"),
        (React(1, EMOJI[-1], True), OTHERS_SHOWN, "silenced"),
        (React(1, EMOJI[-1], True), OTHERS_SHOWN._replace(is_silenced=False), "too_fast"),
        (PIN, WORST, "not_started"),
        (PIN, RUNNING, "not_host"),
        (PIN, RUNNING._replace(is_host=True), "not_found"),
        (HIDE, WORST._replace(post=None), "not_host"),
        (HIDE, WORST._replace(post=None, is_host=True), "not_found"),
    ],
)
def test_the_first_rule_that_is_broken_is_named(command: Command, facts: Facts, code: str) -> None:
    assert decided(command, facts) == code
