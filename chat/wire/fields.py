"""One field of a client's frame: of the right type and within its bounds, or a `bad_request`."""

import re
import unicodedata
import uuid
from collections.abc import Mapping
from math import isfinite
from typing import Any, Literal, Never

from chat.law import emoji
from chat.law.rules import LONGEST_REASON, Refused

LONGEST_RAW_BODY = 8000
LONGEST_REF = 100
LARGEST_NUMBER = 2**53

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def bad(reason: str) -> Never:
    raise Refused("bad_request", reason)


def ref_of(fields: Mapping[str, Any]) -> str | None:
    """What the answer repeats; a post's id is its ref. None if it could not be repeated."""
    ref = fields.get("id" if fields.get("type") == "post" else "ref")
    if isinstance(ref, str) and 0 < len(ref) <= LONGEST_REF and is_encodable(ref):
        return ref
    return None


def as_uuid(ref: str | None) -> uuid.UUID | None:
    """The id that a ref is, if it is one."""
    return uuid.UUID(ref) if ref and UUID.fullmatch(ref) else None


def is_encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def is_plain(text: str) -> bool:
    """Most texts are of letters that need no second look."""
    return text.isascii() and text.replace("\n", "").isprintable()


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


def fact(fields: Mapping[str, Any], name: str, *, default: bool | None = None) -> bool:
    """True or false; without a default it must be said."""
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


def reaction(fields: Mapping[str, Any]) -> str:
    value = fields.get("emoji")
    if not isinstance(value, str) or value not in emoji.known():
        bad("“emoji” is one that the room knows.")
    return value


def reason(fields: Mapping[str, Any]) -> str:
    """One line that says why."""
    value = " ".join(text(fields, "reason").split())
    if not 0 < len(value) <= LONGEST_REASON:
        raise Refused("bad_request", f"Say why, in 1 to {LONGEST_REASON} characters.")
    return value


def mode(fields: Mapping[str, Any]) -> Literal["talking", "reading"]:
    value = fields.get("mode")
    if value not in ("talking", "reading"):
        bad("“mode” is talking or reading.")
    return value  # type: ignore[no-any-return]


def body(fields: Mapping[str, Any]) -> str:
    """The text in NFC and trimmed; its length is the rules' business."""
    return text(fields, "body")


def text(fields: Mapping[str, Any], name: str) -> str:
    """A text in NFC and trimmed.

    Characters that this Python's Unicode does not know yet pass: tomorrow's emoji are somebody's
    today. Non-characters, lone surrogates and controls do not.
    """
    value = fields.get(name)
    if not isinstance(value, str):
        bad(f"“{name}” is text.")
    if not is_plain(value) and any(is_forbidden(char) for char in value):
        bad("Use visible characters, spaces and line breaks only.")
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
