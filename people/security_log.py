"""The security log: one line of JSON for each event, to the logger `talktech.security`.

{"at": "2026-11-26T13:00:00Z", "event": "sign_in", "who": 7, "from": "203.0.113.9"}: the instant in
UTC, the event, the number of the account that caused it (null for a stranger), the address it
came from (null for a command), and fields of the event's own. Never a password, code or key.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

log = logging.getLogger("talktech.security")


def write_event(
    event: str, request: HttpRequest | None = None, *, who: Any = None, **more: Any
) -> None:
    """Write one line. `who` is an account's number; by default that of the request's account."""
    if who is None and request is not None:
        who = account_of(request)
    line = {
        "at": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "event": event,
        "who": who,
        "from": address(request) if request is not None else None,
        **more,
    }
    log.info(json.dumps(line))


def account_of(request: HttpRequest) -> int | None:
    try:
        user = getattr(request, "user", None)
        return user.pk if user is not None and user.is_authenticated else None
    except DatabaseError:  # the line is written even if its account can't be read
        return None


def address(request: HttpRequest) -> str | None:
    """Return the client's address, as reported by the trusted proxies."""
    try:
        found: str | None = get_client_ip(request)
    except ImproperlyConfigured:  # it did not come through the proxies
        found = request.META.get("REMOTE_ADDR")
    return found


class LogRefusedPages:
    """Middleware: writes an event for each page that answers 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403:
            # The admin redirects to its sign-in first, which then refuses the page in `next`.
            wanted = request.GET.get("next", request.path).partition("?")[0]
            write_event("page_refused", request, path=wanted[:200], method=request.method)
        return response
