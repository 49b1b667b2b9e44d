"""The security log: one line of JSON for each event, to the logger `talktech.security`.

{"at": "2026-11-26T13:00:00Z", "event": "sign_in", "who": 7, "from": "203.0.113.9"}: the instant in
UTC, what happened, the number of the account that did it (null for a stranger), the address it
came from (null for a command), and whatever the event adds. Never a password, code or key.
"""

import json
import logging
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils import timezone

log = logging.getLogger("talktech.security")


def note(event: str, request: HttpRequest | None = None, *, who: Any = None, **more: Any) -> None:
    """Write that line. `who` is an account's number; by default that of the request's account."""
    if who is None and request is not None:
        user = getattr(request, "user", None)
        who = user.pk if user is not None and user.is_authenticated else None
    line = {
        "at": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "event": event,
        "who": who,
        "from": address(request) if request is not None else None,
        **more,
    }
    log.info(json.dumps(line))


def address(request: HttpRequest) -> str | None:
    """Where a request came from, as far as our own proxies say."""
    try:
        found: str | None = get_client_ip(request)
    except ImproperlyConfigured:  # it came past the proxies
        found = request.META.get("REMOTE_ADDR")
    return found
