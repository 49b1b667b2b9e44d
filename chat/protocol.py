"""The room's wire format, version 1: frames from a client as types, frames to it as JSON text.

Everything that a client sends is checked here, once; docs/protocol.md describes it.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal, Never

from chat.clock import Phase
from chat.rules import Refused

VERSION = 1
LARGEST_FRAME = 32 * 1024
POSTS_A_FRAME = 500
LONGEST_RAW_BODY = 8000
LONGEST_REF = 100
LARGEST_NUMBER = 2**53

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Hello:
    after: int


@dataclass(frozen=True, slots=True)
class Say:
    id: str
    body: str
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class ChooseMode:
    mode: Literal["talking", "reading"]
    named: bool
    ref: str | None


@dataclass(frozen=True, slots=True)
class Typing:
    pass


@dataclass(frozen=True, slots=True)
class Ping:
    t: float | int


Frame = Hello | Say | ChooseMode | Typing | Ping


def parse(text: str | bytes | None) -> Frame:
    """One client frame. Raises Refused("bad_request") for whatever is not one of ours."""
    if not isinstance(text, str):
        bad("Frames are text.")
    try:
        fields = json.loads(text, parse_constant=lambda name: bad(f"{name} is not a number."))
    except (ValueError, RecursionError):
        bad("A frame is one JSON object.")
    if not isinstance(fields, dict):
        bad("A frame is one JSON object.")
    ref = ref_of(fields)
    try:
        match fields.get("type"):
            case "hello":
                return Hello(after=whole(fields, "after", least=0))
            case "post":
                return Say(client_id(fields), body(fields), reply_to(fields))
            case "mode":
                return ChooseMode(mode(fields), fact(fields, "named", default=False), ref)
            case "typing":
                return Typing()
            case "ping":
                return Ping(number(fields, "t"))
            case _:
                bad("There is no frame of this type.")
    except Refused as refused:
        refused.ref = ref
        raise


def bad(reason: str) -> Never:
    raise Refused("bad_request", reason)


def ref_of(fields: Mapping[str, Any]) -> str | None:
    """What the answer repeats; a post's id is its ref. None if it could not be repeated."""
    ref = fields.get("id" if fields.get("type") == "post" else "ref")
    if isinstance(ref, str) and 0 < len(ref) <= LONGEST_REF and is_encodable(ref):
        return ref
    return None


def is_encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def whole(fields: Mapping[str, Any], name: str, *, least: int) -> int:
    value = fields.get(name)
    if type(value) is not int or not least <= value <= LARGEST_NUMBER:
        bad(f"“{name}” is a whole number from {least} on.")
    return value


def number(fields: Mapping[str, Any], name: str) -> float | int:
    value = fields.get(name)
    if type(value) is int and abs(value) <= LARGEST_NUMBER:
        return value
    if type(value) is float and isfinite(value):
        return value
    bad(f"“{name}” is a number.")


def fact(fields: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = fields.get(name, default)
    if type(value) is not bool:
        bad(f"“{name}” is true or false.")
    return value


def client_id(fields: Mapping[str, Any]) -> str:
    value = fields.get("id")
    if not isinstance(value, str) or not UUID.fullmatch(value):
        bad("“id” is a UUID in lower case.")
    return value


def reply_to(fields: Mapping[str, Any]) -> int | None:
    return None if fields.get("reply_to") is None else whole(fields, "reply_to", least=1)


def mode(fields: Mapping[str, Any]) -> Literal["talking", "reading"]:
    value = fields.get("mode")
    if value not in ("talking", "reading"):
        bad("“mode” is talking or reading.")
    return value  # type: ignore[no-any-return]


def body(fields: Mapping[str, Any]) -> str:
    """The text in NFC and trimmed; its length is the rules' business.

    Characters that this Python's Unicode does not know yet pass: tomorrow's emoji are somebody's
    today. Non-characters, lone surrogates and controls do not.
    """
    value = fields.get("body")
    if not isinstance(value, str):
        bad("“body” is text.")
    if any(is_forbidden(char) for char in value):
        bad("A post has visible characters, spaces and new lines only.")
    # Composing is quadratic in a pile of marks, and so long a text can't become short enough.
    return (value if len(value) > LONGEST_RAW_BODY else unicodedata.normalize("NFC", value)).strip()


def is_forbidden(char: str) -> bool:
    if char == "\n" or " " <= char <= "~":
        return False
    point = ord(char)
    return (
        unicodedata.category(char) in ("Cc", "Cs")
        or point & 0xFFFE == 0xFFFE
        or 0xFDD0 <= point <= 0xFDEF
    )


def encode(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


def instant(at: datetime) -> str:
    """UTC, ISO 8601 with milliseconds and Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def clock(phase: Phase, now: datetime) -> dict[str, Any]:
    return {
        "phase": phase.name,
        "topic": phase.topic,
        "phase_ends_at": instant(phase.ends_at) if phase.ends_at else None,
        "now": instant(now),
    }


def refused(refusal: Refused) -> str:
    fields: dict[str, Any] = {"ref": refusal.ref, "code": refusal.code, "reason": refusal.reason}
    if refusal.retry_after is not None:
        fields["retry_after"] = refusal.retry_after
    return encode("refused", **fields)


def ack(ref: str, seq: int, rev: int) -> str:
    return encode("ack", ref=ref, seq=seq, rev=rev)


def posts(since: int, rev: int, encoded: Iterable[str]) -> str:
    """A `posts` frame from posts that are JSON already: each is encoded once, for everyone."""
    return f'{{"type":"posts","since":{since},"rev":{rev},"posts":[{",".join(encoded)}]}}'


def welcome(encoded: Iterable[str], **fields: Any) -> str:
    """A `welcome` frame; its posts are JSON already."""
    head = encode("welcome", version=VERSION, **fields)
    return f'{head[:-1]},"posts":[{",".join(encoded)}]}}'
