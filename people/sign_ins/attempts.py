"""Guessing passwords is slow, and nobody can lock out somebody else.

A try that fails counts against three limits: the account at this network address, the account, and
the address. An outsider's tries use up the first and, with many addresses, the second; a browser
that has signed in to the account before shows a signed cookie and has a count of its own. None of
the limits knows the name of the site as it was asked for.
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
# A whole company has one address, and types its passwords in the minute before the start.
OF_AN_ADDRESS = 120, timedelta(minutes=1)

COOKIE = f"{settings.COOKIE_PREFIX}talktech_known"
COOKIE_PATH = "/"  # the prefix wants it so
COOKIE_AGE = timedelta(days=365)
MOST_ACCOUNTS = 5  # that one browser is known to


def limits_of(request: HttpRequest, email: str) -> list[Limit]:
    """What a try to sign in to that account counts against."""
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
    """A new password: what was tried against the old one no longer counts."""
    account = folded(email)
    spent = [limit for limit in limits_of(request, email) if account in limit.subject]
    limits.clear([*spent, Limit(f"account {account}", *ANYWHERE)])


def folded(email: str) -> str:
    """The same for every spelling that a database may take for the same address."""
    return unicodedata.normalize("NFKC", email).upper().casefold()


def known_browser(request: HttpRequest, account: str) -> str:
    """The number of a browser that has signed in to that account before; '' for any other."""
    cookie = read_cookie(request)
    return str(cookie["browser"]) if fingerprint(account) in cookie["accounts"] else ""


def remember_browser(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Let this browser be known to that account from now on."""
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
    """Names the account in a cookie without giving the address away."""
    return sha256(f"{settings.SECRET_KEY}{account}".encode()).hexdigest()[:20]


def count_attempt(request: HttpRequest, email: str, now: datetime) -> list[Limit]:
    """Count a try before the password is looked at; [] if there have been too many."""
    against = limits_of(request, email)
    return against if limits.count_try(against, now) else []
