"""The room over plain HTTP, as an ASGI application, for networks that let no WebSocket through.

It is not a view, because Django's middleware would occupy a thread as long as a request is held.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

from chat.edges import admission
from chat.edges.clients import clients_of
from chat.edges.polling_client import LONGEST_WAIT
from chat.room.hub import hub
from chat.wire.close_codes import (
    FORBIDDEN,
    NO_SUCH_SESSION,
    SERVICE_RESTART,
    SIGNED_OUT,
    TOO_MANY,
    NotAdmitted,
)
from chat.wire.fields import LARGEST_NUMBER
from chat.wire.protocol import LARGEST_FRAME

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# What a socket's close code is over HTTP: status, code, sentence.
RESPONSES = {
    SIGNED_OUT: (401, "signed_out", "You’ve been signed out. Sign in again."),
    FORBIDDEN: (403, "forbidden", "You don’t have access to this room."),
    NO_SUCH_SESSION: (404, "not_found", "This session doesn’t exist or hasn’t been published."),
    TOO_MANY: (429, "too_many", "Too many requests. Wait a moment."),
    SERVICE_RESTART: (503, "unavailable", "We can’t reach the room right now. Try again."),
}


LONGEST_NEWS = 200
OF_A_BODY = (b"content-type", b"content-length", b"transfer-encoding")


class RequestRefused(Exception):
    """A request that is refused: status, code, sentence."""


class CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        """The reason alone, because rendering Django's page would query the database."""
        return reason


async def room_over_http(scope: Scope, receive: Receive, send: Send) -> None:
    session_id = int(scope["url_route"]["kwargs"]["session_id"])
    try:
        status, text = await answer(scope, receive, session_id)
    except NotAdmitted as not_admitted:
        status, code, reason = RESPONSES[not_admitted.code]
        text = json.dumps({"code": code, "reason": not_admitted.reason or reason})
    except RequestRefused as refused:
        status, code, reason = refused.args
        text = json.dumps({"code": code, "reason": reason})
    body = text.encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **({"allow": "GET, POST"} if status == 405 else {}),
        **({"retry-after": "2"} if status in (429, 503) else {}),
    }
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def answer(scope: Scope, receive: Receive, session_id: int) -> tuple[int, str]:
    """Status and JSON. Raises NotAdmitted or RequestRefused."""
    method = scope["method"]
    if method not in ("GET", "POST"):
        raise RequestRefused(405, "bad_request", "Ask with GET, or send a frame with POST.")
    body = await read_body(receive) if method == "POST" else b""
    check_request(scope)
    key = admission.session_key(scope)
    with await clients_of(hub()).polling_client(key, session_id) as client:
        if method == "GET":
            return 200, await unless_gone(client.read(*parse_query(scope)), receive)
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = ""
        answered = await client.perform(text)
        return (204, "") if answered is None else (200, answered)


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestRefused(400, "bad_request", "The request ended early.")
        body += message.get("body", b"")
        if len(body) > LARGEST_FRAME:
            raise RequestRefused(413, "too_large", "A frame can have at most 32 KiB.")
        if not message.get("more_body"):
            return bytes(body)


def check_request(scope: Scope) -> None:
    """Check that it is meant for this host and comes from one of our pages. Raises RequestRefused.

    The token comes in a header, so the check is given no body and no content type: Django would
    parse it as a form, and a form can be broken in many ways.
    """
    headers = [(name, value) for name, value in scope["headers"] if name not in OF_A_BODY]
    request = ASGIRequest({**scope, "headers": headers}, BytesIO())
    try:
        request.get_host()
    except DisallowedHost:
        raise RequestRefused(400, "bad_request", "There’s nothing at this address.") from None
    check = CsrfCheck(lambda request: None)  # type: ignore[arg-type]
    check.process_request(request)
    if check.process_view(request, room_over_http, (), {}) is not None:  # type: ignore[arg-type]
        raise RequestRefused(
            403,
            "csrf",
            "Reload the page and try again: we can’t tell that this request came from it.",
        )


def parse_query(scope: Scope) -> tuple[int, float, str]:
    """`after`, a revision; `wait`, in seconds; and `news`, as the last `welcome` gave it."""
    try:
        query = admission.query(scope)
    except ValueError:
        raise RequestRefused(400, "bad_request", "This address has too many fields.") from None
    after, wait = query.get("after") or "0", query.get("wait") or "0"
    if not (after.isascii() and after.isdigit() and len(after) < 17) or int(after) > LARGEST_NUMBER:
        raise RequestRefused(400, "bad_request", "“after” is a whole number from 0 on.")
    if not (wait.isascii() and wait.isdigit() and len(wait) < 4):
        raise RequestRefused(400, "bad_request", "“wait” is a number of whole seconds.")
    return int(after), min(float(wait), LONGEST_WAIT), query.get("news", "")[:LONGEST_NEWS]


async def unless_gone(asked: Awaitable[str], receive: Receive) -> str:
    """The answer. Raises RequestRefused where the client hangs up before it is there."""
    asking = asyncio.ensure_future(asked)
    listening = asyncio.ensure_future(hung_up(receive))
    try:
        await asyncio.wait({asking, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            raise RequestRefused(400, "bad_request", "Nobody waits for this any more.")
        return await asking
    finally:
        asking.cancel()
        listening.cancel()


async def hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
