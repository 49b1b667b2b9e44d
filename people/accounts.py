"""Opening an account for somebody whose address needs no proof."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from people import names
from people.models import User


def open_account(user: User, password: str | None) -> User:
    """Save a new person with a verified address; no password given means that none fits.

    Raises ValidationError for an address or a name that may not stand, or an address in use.
    """
    user.email = User.objects.normalize_email(user.email).lower()
    user.name = names.tidy(user.name)
    user.set_password(password)
    user.full_clean()
    try:
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:  # somebody else was a moment quicker
        user.full_clean()
        raise
    return user
