"""Frames: what is understood, and that whatever else is sent is refused and nothing worse."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.law.clock import phase_at
from chat.law.commands import Edit, Hide, NewPost, Pin, React, Remove
from chat.law.rules import Refused
from chat.wire import protocol
from chat.wire.protocol import ChooseMode, CommandFrame, Hello, Ping, Typing

ID = "0d9f1d0e-5a8b-4f9e-9c0a-0123456789ab"


def say(body: str, reply_to: int | None = None) -> CommandFrame:
    return CommandFrame(NewPost(body, reply_to), ID, UUID(ID))


def frame(**fields: object) -> str:
    return json.dumps(fields)


def post(**fields: object) -> str:
    return frame(**({"type": "post", "id": ID, "body": "Hello"} | fields))


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (frame(type="hello", after=0), Hello(0)),
        (frame(type="hello", after=7, future="ignored"), Hello(7)),
        (post(), say("Hello")),
        (post(reply_to=3), say("Hello", 3)),
        (post(reply_to=None), say("Hello")),
        (post(body="  a\nb\n "), say("a\nb")),
        (post(body="e\u0301"), say("\u00e9")),
        (post(body=""), say("")),
        (post(body="👩‍💻 \U0001fae8"), say("👩‍💻 \U0001fae8")),
        (frame(type="edit", seq=2, body=" b "), CommandFrame(Edit(2, "b"), None, None)),
        (frame(type="remove", seq=2, ref="r"), CommandFrame(Remove(2), "r", None)),
        (frame(type="remove", seq=2, ref=ID), CommandFrame(Remove(2), ID, UUID(ID))),
        (
            frame(type="react", seq=2, emoji="💡", on=False),
            CommandFrame(React(2, "💡", False), None, None),
        ),
        (
            frame(type="hide", seq=2, reason=" A \n reason "),
            CommandFrame(Hide(2, "A reason"), None, None),
        ),
        (frame(type="pin", seq=2, on=True), CommandFrame(Pin(2, True), None, None)),
        (frame(type="mode", mode="talking"), ChooseMode("talking", False, None)),
        (frame(type="mode", mode="reading", named=True, ref="r"), ChooseMode("reading", True, "r")),
        (frame(type="typing"), Typing()),
        (frame(type="ping", t=1.5), Ping(1.5)),
        (frame(type="ping", t=0), Ping(0)),
    ],
)
def test_a_frame_of_ours_is_understood(text: str, parsed: protocol.Frame) -> None:
    assert protocol.parse(text) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        "7",
        '"hello"',
        "[" * 10_000,
        '{"type":"ping","t":' + "9" * 5_000 + "}",
        '{"type":"ping","t":NaN}',
        '{"type":"ping","t":1e999}',
        '{"type":"ping","t":true}',
        '{"type":"ping"}',
        frame(type="ping", t="1"),
        frame(type="hello"),
        frame(type="hello", after=-1),
        frame(type="hello", after=1.0),
        frame(type="hello", after=True),
        frame(type="hello", after="0"),
        frame(type="hello", after=2**53 + 1),
        frame(type="unheard"),
        frame(type=None),
        frame(type=["post"]),
        frame(after=0),
        post(id=ID.upper()),
        post(id="1"),
        post(id=None),
        post(id=ID + "\n"),
        post(body=None),
        post(body=7),
        post(body=["Hello"]),
        post(body="a\x00b"),
        post(body="a\tb"),
        post(body="a\rb"),
        post(body="a\x85b"),
        post(body="\ud800"),
        post(body="\uffff"),
        post(body="\U0001ffff"),
        post(body="\ufdd0"),
        post(reply_to=0),
        post(reply_to="1"),
        post(reply_to=True),
        frame(type="mode", mode="shouting"),
        frame(type="mode", mode=None),
        frame(type="mode", mode="talking", named="yes"),
    ],
)
def test_anything_else_is_a_bad_request(text: str) -> None:
    with pytest.raises(Refused) as caught:
        protocol.parse(text)
    assert caught.value.code == "bad_request"
    assert caught.value.reason


@given(st.text() | st.binary() | st.none())
@example('{"type":"post"}')
def test_no_input_does_worse_than_a_bad_request(text: str | bytes | None) -> None:
    try:
        protocol.parse(text)
    except Refused as refused:
        json.loads(protocol.refused(refused))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    kind=st.sampled_from(["hello", "post", "mode", "typing", "ping", "edit"]),
    fields=st.dictionaries(
        st.sampled_from(["id", "body", "after", "reply_to", "mode", "named", "t", "ref"]),
        json_values,
    ),
)
def test_fields_of_any_type_are_understood_or_refused(kind: str, fields: dict[str, object]) -> None:
    text = json.dumps({**fields, "type": kind})
    try:
        protocol.parse(text)
    except Refused as refused:
        protocol.refused(refused).encode()


def test_a_refusal_repeats_the_ref_of_its_frame() -> None:
    with pytest.raises(Refused) as caught:
        protocol.parse(post(body=7))
    assert json.loads(protocol.refused(caught.value))["ref"] == ID
    with pytest.raises(Refused) as caught:
        protocol.parse(frame(type="unheard", ref="r1"))
    assert json.loads(protocol.refused(caught.value))["ref"] == "r1"


def test_a_ref_that_cannot_be_repeated_is_left_out() -> None:
    for ref in ("\ud800", "x" * 101, "", 7, None):
        with pytest.raises(Refused) as caught:
            protocol.parse(frame(type="unheard", ref=ref))
        assert caught.value.ref is None


def test_instants_are_utc_with_milliseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    assert (
        protocol.instant(datetime(2026, 11, 26, 14, 0, 0, 999_999, tzinfo=berlin))
        == "2026-11-26T13:00:00.999Z"
    )


def test_posts_that_were_encoded_once_make_valid_frames() -> None:
    one, two = '{"seq":1}', '{"seq":2}'
    assert json.loads(protocol.posts(0, 2, [one, two])) == {
        "type": "posts",
        "since": 0,
        "rev": 2,
        "posts": [{"seq": 1}, {"seq": 2}],
    }
    now = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    told = json.loads(
        protocol.welcome([one], after=0, rev=1, clock=protocol.clock(phase_at(now, now), now))
    )
    assert told["type"] == "welcome"
    assert told["version"] == 1
    assert told["posts"] == [{"seq": 1}]
    assert told["clock"]["phase_ends_at"] == "2026-11-26T13:10:00.000Z"
