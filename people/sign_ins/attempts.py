"""Limits on attempts to sign in: guessing is slow, and nobody can lock somebody else out.

A failed attempt counts against three limits: the account at this network address, the account, and
the address. A stranger's attempts use up the first and, from many addresses, the second. A browser
that has signed in to the account before has a signed cookie and a limit of its own. The Host header
of a request plays no part.
"""

import secrets
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from people import limits
from people.limits import Limit

AT_ONE_PLACE = 5, timedelta(minutes=5)
ANYWHERE = 50, timedelta(hours=1)
# A whole company may share one address, and sign in during the minute before the start.
OF_AN_ADDRESS = 120, timedelta(minutes=1)

COOKIE = f"{settings.COOKIE_PREFIX}talktech_known"
COOKIE_PATH = "/"  # the prefix __Host- requires it
COOKIE_AGE = timedelta(days=365)
MOST_ACCOUNTS = 5  # in one browser's cookie


def limits_of(request: HttpRequest, email: str) -> list[Limit]:
    """Return the limits that an attempt to sign in to that account counts against."""
    account = folded(email)
    browser = known_browser(request, account)
    if browser:
        return [Limit(f"browser {browser} {account}", *AT_ONE_PLACE)]
    place = get_ip(request)
    return [
        Limit(f"place {place} {account}", *AT_ONE_PLACE),
        Limit(f"account {account}", *ANYWHERE),
        Limit(f"address {place}", *OF_AN_ADDRESS),
    ]


def clear(request: HttpRequest, email: str) -> None:
    """Reset the limits of an account that has a new password."""
    account = folded(email)
    spent = [limit for limit in limits_of(request, email) if account in limit.subject]
    limits.clear([*spent, Limit(f"account {account}", *ANYWHERE)])


def folded(email: str) -> str:
    """Fold an address: all spellings that a database may treat as equal give the same text."""
    return unicodedata.normalize("NFKC", email).upper().casefold()


def known_browser(request: HttpRequest, account: str) -> str:
    """Return the id of a browser that has signed in to that account before; '' for others."""
    cookie = read_cookie(request)
    return str(cookie["browser"]) if fingerprint(account) in cookie["accounts"] else ""


def remember_browser(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Set the cookie that marks this browser as known to that account."""
    cookie = read_cookie(request)
    this = fingerprint(folded(email))
    cookie["accounts"] = [this, *(one for one in cookie["accounts"] if one != this)][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps(cookie, salt=COOKIE),
        max_age=COOKIE_AGE,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read_cookie(request: HttpRequest) -> dict[str, Any]:
    try:
        cookie: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=COOKIE_AGE
        )
    except signing.BadSignature:
        cookie = {"browser": secrets.token_urlsafe(12), "accounts": []}
    return cookie


def fingerprint(account: str) -> str:
    """A hash that stands for the account in the cookie, so that it does not hold the address."""
    return sha256(f"{settings.SECRET_KEY}{account}".encode()).hexdigest()[:20]


def count_attempt(request: HttpRequest, email: str, now: datetime) -> list[Limit]:
    """Count an attempt before the password is checked.

    Returns the limits it counted against; [] if one of them is used up.
    """
    against = limits_of(request, email)
    return against if limits.count_try(against, now) else []
