"""Limits on the emails that anyone can have sent to one address, with or without an account.

The limit for one network address is lower than the limit for all together, so that one stranger
can't keep a newcomer out.
"""

from datetime import datetime, timedelta

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest

from people import limits
from people.limits import Limit
from people.sign_ins.attempts import folded

AT_ONE_PLACE = 3, timedelta(hours=1)
ANYWHERE = 10, timedelta(hours=1)
# A code works only on the page that asked for it, which may be a stranger's; a link works
# everywhere.
ENOUGH_CODES = "We’ve sent several emails to this address in the last hour. Try again later."
ENOUGH_LINKS = (
    "We’ve sent several emails to this address in the last hour. Use the latest one, or try "
    "again later."
)
# Emails that anyone can ask for by typing an address. Notices to an account's owner have no limit.
ASKED_FOR = frozenset(
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "password_reset_key",
        "unknown_account",
    )
)
LINKS = frozenset(f"account/email/{name}" for name in ("password_reset_key", "unknown_account"))


def limits_of(request: HttpRequest, email: str) -> list[Limit]:
    """Return the limits that an email to that address counts against."""
    address = folded(email)
    return [Limit(f"letters {get_ip(request)} {address}", *AT_ONE_PLACE), anywhere(email)]


def anywhere(email: str) -> Limit:
    return Limit(f"letters {folded(email)}", *ANYWHERE)


def count_email(request: HttpRequest, email: str, now: datetime) -> bool:
    """Count an email to that address; False if a limit is used up."""
    return limits.count_try(limits_of(request, email), now)


def is_used_up(request: HttpRequest, email: str, now: datetime) -> bool:
    return any(limits.is_used_up(limit, now) for limit in limits_of(request, email))


def was_sent(email: str, since: datetime, now: datetime) -> bool:
    """Was an email that somebody asked for sent to that address after `since`?"""
    return limits.last_taken(anywhere(email), now) > since.timestamp()
