"""Expiry of sign-ins: after some days without use, and after a longest time in any case.

The expiry date is in the session's row, so the room and every process go by it too.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

RENEW_EVERY = timedelta(hours=1)  # it writes a row; once per visit is enough
SINCE, SEEN = "signed_in_at", "seen_at"


class SignInExpiry:
    """Middleware: opening a page renews the sign-in, up to its longest time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a database the view reports that itself.
        with suppress(DatabaseError):
            self.renew(request, timezone.now())
        return self.get_response(request)

    def renew(self, request: HttpRequest, now: datetime) -> None:
        session = request.session
        # Not signed in, or not through this site's sign-in: its own expiry date counts.
        if not session.session_key or SESSION_KEY not in session or SINCE not in session:
            return
        left = instant(session[SINCE]) + total_limit() - now
        if left <= timedelta(0):
            logout(request)
        elif now - instant(session[SEEN]) >= RENEW_EVERY:
            session[SEEN] = now.timestamp()
            session.set_expiry(min(idle_limit(), left))
            try:
                session.save()
            except (DatabaseError, UpdateError):
                # Read-only, or signed out just now in another tab: the page is shown anyway.
                session.modified = False


def instant(kept: float) -> datetime:
    return datetime.fromtimestamp(kept, UTC)


def mark_signed_in(request: HttpRequest) -> None:
    """Start the times of a new sign-in, perhaps in the session of an older one."""
    now = timezone.now().timestamp()
    request.session[SINCE] = request.session[SEEN] = now


def idle_limit() -> timedelta:
    return timedelta(days=settings.CONFIG.sign_in_idle_days)


def total_limit() -> timedelta:
    return timedelta(days=settings.CONFIG.sign_in_days)
