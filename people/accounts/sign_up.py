"""Who may open an account for themselves: whoever reads mail at a domain that an admin allowed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from people.accounts import email_limits
from people.lookalikes import impersonation
from people.models import SignUpDomain, User

TIME_TO_CONFIRM = timedelta(days=1)
CODE_STANDS = timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
GONE = "This sign-up is no longer valid. Sign up again."


def is_open() -> bool:
    return SignUpDomain.objects.exists()


def check_domain(address: str) -> None:
    """Raise ValidationError unless the address lies in exactly one of the allowed domains."""
    domain = address.rpartition("@")[2].lower()
    if SignUpDomain.objects.filter(domain=domain).exists():
        return
    allowed = ", ".join(SignUpDomain.objects.values_list("domain", flat=True))
    raise ValidationError(
        f"Use your work email. Accounts are limited to addresses ending in {allowed}.",
        code="domain",
    )


def confirm(user: User) -> bool:
    """A person from now on; False if somebody else has their name, which then gets a number.

    Only now can others learn whether their name is free, so a stranger who signs up cannot ask who
    is here.
    """
    with transaction.atomic():
        User.objects.lock_people()
        wanted, user.name = user.name, impersonation.first_free(user.name, user.team, user)
        user.is_confirmed = True
        user.save(update_fields=["name", "is_confirmed"])
    return user.name == wanted


def delete_unconfirmed(address: str) -> bool:
    """Delete the sign-up with that address that nobody has confirmed; was there one?"""
    pending = User.objects.filter(email__iexact=address, is_confirmed=False)
    with transaction.atomic():
        User.objects.lock_people()  # else its owner could confirm it in this moment
        return pending.delete()[0] > 0


def delete_expired(now: datetime) -> int:
    """Delete the sign-ups that nobody has confirmed within a day; how many.

    Somebody who has just asked for another code still has the time to enter it.
    """
    pending = User.objects.filter(is_confirmed=False, joined_at__lt=now - TIME_TO_CONFIRM)
    over = [
        pk
        for pk, email in pending.values_list("pk", "email")
        if not email_limits.was_sent(email, now - CODE_STANDS, now)
    ]
    # Deleting nothing would still lock SQLite's file against posts.
    if not over:
        return 0
    with transaction.atomic():
        User.objects.lock_people()
        gone = pending.filter(pk__in=over)
        count = gone.count()
        gone.delete()
    return count
