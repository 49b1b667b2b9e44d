"""Each reason for a refusal, at its limit and one past it."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.law.rules import LONGEST_BODY, PACE, Bounds, Refused, Situation, accept

STARTS_AT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
BOUNDS = Bounds(posts_per_window=10, session_posts=100)


def situation(
    seconds: float = 60,
    *,
    cancelled: bool = False,
    posts: int = 0,
    lately: tuple[float, ...] = (),
    answers_a_post: bool = True,
) -> Situation:
    now = STARTS_AT + timedelta(seconds=seconds)
    return Situation(
        starts_at=STARTS_AT,
        cancelled=cancelled,
        now=now,
        posts=posts,
        lately=[now - timedelta(seconds=ago) for ago in lately],
        answers_a_post=answers_a_post,
    )


def refusal(body: str, facts: Situation) -> Refused:
    with pytest.raises(Refused) as caught:
        accept(body, facts, BOUNDS)
    return caught.value


@pytest.mark.parametrize(("seconds", "topic"), [(0, 1), (599.999, 1), (600, 2), (1799.999, 3)])
def test_the_topic_that_runs_takes_the_post(seconds: float, topic: int) -> None:
    assert accept("Hello", situation(seconds), BOUNDS) == topic


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (situation(-0.001), "not_started"),
        (situation(-86_400), "not_started"),
        (situation(1800), "closed"),
        (situation(60, cancelled=True), "cancelled"),
    ],
)
def test_nothing_is_taken_outside_the_session(facts: Situation, code: str) -> None:
    assert refusal("Hello", facts).code == code


def test_the_law_comes_before_every_other_reason() -> None:
    crowded = situation(-1, posts=100, lately=(1,) * 10, answers_a_post=False)
    for body in ("", "x" * (LONGEST_BODY + 1), "Hello"):
        assert refusal(body, crowded).code == "not_started"


def test_a_post_has_one_to_two_thousand_code_points() -> None:
    assert accept("💡" * LONGEST_BODY, situation(), BOUNDS) == 1
    assert refusal("💡" * (LONGEST_BODY + 1), situation()).code == "too_long"
    assert refusal("", situation()).code == "empty"


@pytest.mark.parametrize(
    "body",
    [
        "\n",
        " ",
        "\u200b",
        "\u2060\ufeff",
        "\u00a0",
        "\u202e",
        "\u3164",
        "\u115f\u1160",
        "\uffa0",
        "\u034f",
        "\ufe0f",
        "\u17b4",
        "\u2800 \u2800",
    ],
)
def test_what_nobody_can_see_is_empty(body: str) -> None:
    assert refusal(body, situation()).code == "empty"


def test_ten_posts_in_twenty_seconds_are_fine_and_the_eleventh_waits() -> None:
    assert accept("Hello", situation(lately=(19, *(1,) * 8)), BOUNDS) == 1
    refused = refusal("Hello", situation(lately=(15, *(1,) * 9)))
    assert refused.code == "too_fast"
    assert refused.retry_after == 5


def test_the_wait_is_never_longer_than_the_pace() -> None:
    refused = refusal("Hello", situation(lately=(0,) * 10))
    assert refused.retry_after == PACE.total_seconds()


def test_the_last_place_in_a_session_is_taken_and_the_next_is_refused() -> None:
    assert accept("Hello", situation(posts=99), BOUNDS) == 1
    assert refusal("Hello", situation(posts=100)).code == "full"


def test_a_reply_needs_the_post_that_it_answers() -> None:
    assert refusal("Hello", situation(answers_a_post=False)).code == "not_found"
