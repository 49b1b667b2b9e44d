"""How many emails strangers may have us send to one address: with or without an account."""

from datetime import datetime, timedelta

from people import limits
from people.guessing import folded
from people.limits import Limit

MOST = 3
PERIOD = timedelta(hours=1)
ENOUGH = (
    "We’ve sent several emails to this address in the last hour. Use the latest one, or try "
    "again later."
)
# What anyone may ask for who types an address. What tells an owner about their account is free.
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


def limit(email: str) -> Limit:
    return Limit(f"letters {folded(email)}", MOST, PERIOD)


def take(email: str, now: datetime) -> bool:
    """Count an email to that address; False if it has had enough of them."""
    return limits.take([limit(email)], now)


def are_enough(email: str, now: datetime) -> bool:
    return limits.is_used_up(limit(email), now)


def was_sent(email: str, since: datetime, now: datetime) -> bool:
    """Was an email that somebody asked for sent to that address after `since`?"""
    return limits.last_taken(limit(email), now) > since.timestamp()
