"""The room's wire format, version 1: frames from a client as types, frames to it as JSON text.

Everything that a client sends is checked here, once; docs/protocol.md describes it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from chat.law.clock import Phase
from chat.law.commands import Change, Command, Edit, Hide, NewPost, Pin, React, Remove
from chat.law.rules import Refused
from chat.wire import fields as field
from chat.wire.fields import bad

VERSION = 1
LARGEST_FRAME = 32 * 1024
POSTS_A_FRAME = 500
# Many clients take no message over 1 MiB unasked, and a character has up to four bytes.
CHARACTERS_A_FRAME = 200_000


@dataclass(frozen=True, slots=True)
class Hello:
    after: int


@dataclass(frozen=True, slots=True)
class CommandFrame:
    """A command; answers repeat `ref`, which is `client_id` where it is a UUID."""

    command: Command
    ref: str | None
    client_id: UUID | None


@dataclass(frozen=True, slots=True)
class ChooseMode:
    mode: Literal["talking", "reading"]
    named: bool
    ref: str | None


@dataclass(frozen=True, slots=True)
class Silence:
    person: int
    on: bool
    ref: str | None


@dataclass(frozen=True, slots=True)
class HoldPrompt:
    id: int
    hold: bool
    ref: str | None


@dataclass(frozen=True, slots=True)
class TakeChair:
    ref: str | None


@dataclass(frozen=True, slots=True)
class Typing:
    pass


@dataclass(frozen=True, slots=True)
class Ping:
    t: float | int


Hosting = Silence | HoldPrompt | TakeChair
Frame = Hello | CommandFrame | Hosting | ChooseMode | Typing | Ping


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
    ref = field.ref_of(fields)
    try:
        return read(fields, ref)
    except Refused as refused:
        raise refused.about(ref) from None


def read(fields: dict[str, Any], ref: str | None) -> Frame:
    match fields.get("type"):
        case "hello":
            return Hello(after=field.whole(fields, "after", least=0))
        case "post":
            id = field.client_id(fields)
            return CommandFrame(NewPost(field.body(fields), field.reply_to(fields)), id, UUID(id))
        case "edit":
            return change(Edit(seq(fields), field.body(fields)), ref)
        case "remove":
            return change(Remove(seq(fields)), ref)
        case "hide":
            return change(Hide(seq(fields), field.reason(fields)), ref)
        case "react":
            post, emoji = seq(fields), field.reaction(fields)
            return change(React(post, emoji, field.fact(fields, "on")), ref)
        case "pin":
            return change(Pin(seq(fields), field.fact(fields, "on")), ref)
        case "silence":
            person = field.whole(fields, "person", least=1)
            return Silence(person, field.fact(fields, "on"), ref)
        case "prompt":
            return HoldPrompt(field.whole(fields, "id", least=1), field.fact(fields, "hold"), ref)
        case "chair":
            return TakeChair(ref)
        case "mode":
            return ChooseMode(field.mode(fields), field.fact(fields, "named", default=False), ref)
        case "typing":
            return Typing()
        case "ping":
            return Ping(field.number(fields, "t"))
        case _:
            bad("There is no frame of this type.")


def change(command: Change, ref: str | None) -> CommandFrame:
    return CommandFrame(command, ref, field.as_uuid(ref))


def seq(fields: dict[str, Any]) -> int:
    return field.whole(fields, "seq", least=1)


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


def ack(ref: str | None, rev: int, seq: int | None = None) -> str:
    return encode("ack", ref=ref, rev=rev, **({} if seq is None else {"seq": seq}))


def prompt(fact: Any, now: datetime) -> dict[str, Any]:
    """A prompt as its host sees it; `fact` is a `chat.prompts.PromptFact`."""
    return {
        "id": fact.id,
        "topic": fact.topic,
        "at": instant(fact.due_at),
        "body": fact.body,
        "if_quiet": fact.if_quiet,
        "state": fact.state(now),
    }


def posts(since: int, rev: int, encoded: Iterable[str]) -> str:
    """A `posts` frame from posts that are JSON already: each is encoded once, for everyone."""
    return f'{{"type":"posts","since":{since},"rev":{rev},"posts":[{",".join(encoded)}]}}'


def welcome(encoded: Iterable[str], **fields: Any) -> str:
    """A `welcome` frame; its posts are JSON already."""
    head = encode("welcome", version=VERSION, **fields)
    return f'{head[:-1]},"posts":[{",".join(encoded)}]}}'
