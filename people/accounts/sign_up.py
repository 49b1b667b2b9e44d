"""Sign-up: open to anyone who reads mail at an email domain that an admin allowed."""

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
    """Raise ValidationError unless the domain of the address is one of the allowed ones."""
    domain = address.rpartition("@")[2].lower()
    if SignUpDomain.objects.filter(domain=domain).exists():
        return
    allowed = ", ".join(SignUpDomain.objects.values_list("domain", flat=True))
    raise ValidationError(
        f"Use your work email. Accounts are limited to addresses ending in {allowed}.",
        code="domain",
    )


def confirm(user: User) -> bool:
    """Confirm a sign-up; False if the name was taken, so that a number was added to it.

    Names are compared only now, so that a stranger can't find out by signing up who has an account.
    """
    with transaction.atomic():
        User.objects.lock_people()
        wanted, user.name = user.name, impersonation.first_free(user.name, user.team, user)
        user.is_confirmed = True
        user.save(update_fields=["name", "is_confirmed"])
    return user.name == wanted


def delete_unconfirmed(address: str) -> bool:
    """Delete the unconfirmed sign-up with that address; True if there was one."""
    pending = User.objects.filter(email__iexact=address, is_confirmed=False)
    with transaction.atomic():
        User.objects.lock_people()  # so that its owner can't confirm it at the same moment
        return pending.delete()[0] > 0


def delete_expired(now: datetime) -> int:
    """Delete the sign-ups that were not confirmed within a day; returns how many.

    A sign-up that has just been sent another code stays until that code has expired.
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
