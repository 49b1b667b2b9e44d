"""The outermost ASGI layer: refuses foreign Host headers, and completes every answer's headers.

The site's address has exactly one spelling (TALKTECH_URL's host and port), so that another spelling
does not get limits, links or caches of its own. Requests that pass have that spelling and the
scheme of TALKTECH_URL, whatever a proxy or a client sent.
"""

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from ipaddress import ip_address
from typing import Any

from django.conf import settings

from talktech.server import security_headers

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

FORWARDED = frozenset((b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"))
NOT_OURS = (400, "There is no site at this address.")
NOT_FROM_HERE = (
    403,
    "Debug pages are on, so TalkTech answers this machine only. Set DEBUG=false, or TALKTECH_URL "
    "and SECRET_KEY.",
)


class Gateway:
    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
            return
        refusal = reason_to_refuse(scope)
        if scope["type"] == "websocket":
            if refusal:
                await receive()
                await send({"type": "websocket.close"})
            else:
                await self.application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                message = {
                    **message,
                    "headers": security_headers.add_missing(
                        scope["path"], given, message["status"]
                    ),
                }
            await send(message)

        if refusal:
            await refuse(send_with_headers, scope["path"], *refusal)
            return
        if settings.CONFIG.talktech_url:
            scope["scheme"] = "https" if settings.CONFIG.secure else "http"
        await self.application(scope, receive, send_with_headers)


def reason_to_refuse(scope: Scope) -> tuple[int, str] | None:
    """Return status and sentence if the request is refused, and log why; None to let it pass."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    port = (scope.get("server") or ("", 0))[1]
    if len(hosts) != 1 or hosts[0].decode("latin-1") not in our_hosts(settings.CONFIG.netloc, port):
        said = b", ".join(hosts)[:100].decode("latin-1")
        log.warning("Refused a request for the host %r, which is not ours", said)
        return NOT_OURS
    if settings.DEBUG and not is_from_here(scope):
        log.warning("Refused a request from elsewhere, because debug pages are on")
        return NOT_FROM_HERE
    return None


@cache
def our_hosts(netloc: str, port: int | None) -> frozenset[str]:
    """The Host headers that are served: TALKTECH_URL's, or the loopback names with this port."""
    if netloc:
        return frozenset((netloc,))
    usual = settings.LOOPBACK if port == 80 else ()
    return frozenset((*usual, *(f"{host}:{port}" for host in settings.LOOPBACK)))


def is_from_here(scope: Scope) -> bool:
    """True if the client is on this machine, and not behind a proxy on it."""
    if any(name in FORWARDED for name, _ in scope["headers"]):
        return False
    try:
        return ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


async def refuse(send: Send, path: str, status: int, sentence: str) -> None:
    kind, body = b"text/plain; charset=utf-8", sentence.encode()
    if path.startswith("/api/"):
        kind = b"application/json"
        body = json.dumps({"code": "bad_request", "reason": sentence}).encode()
    fields = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
