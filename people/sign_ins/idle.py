"""When a sign-in ends without anybody signing out: after some days unused, and in any case at last.

The end stands in the session's row, so the room and every process go by it too.
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

RENEW_EVERY = timedelta(hours=1)  # a row is written; the first page of a visit is enough
SINCE, SEEN = "signed_in_at", "seen_at"


class SignInExpiry:
    """Middleware: who opens a page keeps the sign-in, until it is too old for that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a database the page itself will say so, or, if it is /health/, answer.
        with suppress(DatabaseError):
            self.renew(request, timezone.now())
        return self.get_response(request)

    def renew(self, request: HttpRequest, now: datetime) -> None:
        session = request.session
        # Without a beginning it was made by an older release, and ends when that one said.
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
                # Read-only, or signed out just now in another tab: the page is shown all the same.
                session.modified = False


def instant(kept: float) -> datetime:
    return datetime.fromtimestamp(kept, UTC)


def mark_signed_in(request: HttpRequest) -> None:
    """A new sign-in, perhaps in the session of an older one."""
    now = timezone.now().timestamp()
    request.session[SINCE] = request.session[SEEN] = now


def idle_limit() -> timedelta:
    return timedelta(days=settings.CONFIG.sign_in_idle_days)


def total_limit() -> timedelta:
    return timedelta(days=settings.CONFIG.sign_in_days)
