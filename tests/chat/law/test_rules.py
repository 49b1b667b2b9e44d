"""Texts that a post can have, and when somebody may choose how to take part."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.law.rules import LONGEST_BODY, Refused, accept_mode, body_refusal, check_body

STARTS_AT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("x", None),
        ("💡" * LONGEST_BODY, None),
        ("💡" * (LONGEST_BODY + 1), "too_long"),
        ("", "empty"),
        ("\n", "empty"),
        (" ", "empty"),
        ("\u200b", "empty"),
        ("\u2060\ufeff", "empty"),
        ("\u00a0", "empty"),
        ("\u202e", "empty"),
        ("\u3164", "empty"),
        ("\u115f\u1160", "empty"),
        ("\uffa0", "empty"),
        ("\u034f", "empty"),
        ("\ufe0f", "empty"),
        ("\u17b4", "empty"),
        ("\u2800 \u2800", "empty"),
    ],
)
def test_a_text_has_something_visible_and_at_most_two_thousand_code_points(
    body: str, code: str | None
) -> None:
    refusal = body_refusal(body)
    assert (refusal.code if refusal else None) == code
    if code is None:
        check_body(body)
    else:
        with pytest.raises(Refused, match=code):
            check_body(body)


@pytest.mark.parametrize(
    ("seconds", "cancelled", "code"),
    [
        (-600.001, False, "not_started"),
        (-600, False, None),
        (0, False, None),
        (1799.999, False, None),
        (1800, False, "closed"),
        (60, True, "cancelled"),
    ],
)
def test_a_mode_is_chosen_while_the_lobby_or_the_session_is_on(
    seconds: float, cancelled: bool, code: str | None
) -> None:
    now = STARTS_AT + timedelta(seconds=seconds)
    if code is None:
        accept_mode(STARTS_AT, now, cancelled=cancelled)
    else:
        with pytest.raises(Refused, match=code):
            accept_mode(STARTS_AT, now, cancelled=cancelled)


def test_a_refusal_about_a_frame_says_the_same_of_that_frame() -> None:
    refused = Refused("too_fast", "Slowly.", retry_after=3)
    about = refused.about("r1")
    assert (about.code, about.reason, about.retry_after, about.ref) == (
        "too_fast",
        "Slowly.",
        3,
        "r1",
    )
    assert refused.ref is None
