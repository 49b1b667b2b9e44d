"""Who may open an account for themselves: whoever reads mail at a domain that an admin allowed."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from people import posing
from people.models import SignUpDomain, User

TIME_TO_CONFIRM = timedelta(days=1)


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
        User.objects.hold_people()
        wanted, user.name = user.name, posing.first_free(user.name, user.team, user)
        user.is_confirmed = True
        user.save(update_fields=["name", "is_confirmed"])
    return user.name == wanted


def forget_unconfirmed(address: str) -> bool:
    """Delete the sign-up with that address that nobody has confirmed; was there one?"""
    return User.objects.filter(email__iexact=address, is_confirmed=False).delete()[0] > 0


def forget(now: datetime) -> int:
    """Delete the sign-ups that nobody has confirmed within a day; how many."""
    over = User.objects.filter(is_confirmed=False, joined_at__lt=now - TIME_TO_CONFIRM)
    # Deleting nothing would still lock SQLite's file against posts.
    count = over.count()
    if count:
        over.delete()
    return count
