"""Opening an account whose address needs no confirmation; the first real one ends a demo."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from people import names
from people.accounts import sign_up
from people.lookalikes import impersonation
from people.models import User
from people.sign_ins import endings


def open_account(user: User, password: str | None) -> User:
    """Save a new person with a verified address; without a password they can't sign in by one.

    The first person who is not `simulated` ends a demo.
    Raises ValidationError for an address or a name that is not allowed, or an address in use.
    """
    user.email = User.objects.normalize_email(user.email).lower()
    user.name = names.tidy(user.name)
    user.set_password(password)
    try:
        with transaction.atomic():
            sign_up.delete_unconfirmed(user.email)
            user.full_clean()
            if not user.simulated:
                for person in User.objects.end_demo():
                    endings.report_possible_end(person.pk)
            check_name_is_free(user)
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:  # somebody else took the address at the same moment
        user.full_clean()
        raise
    return user


def check_name_is_free(user: User) -> None:
    """Raise ValidationError if somebody of that team has the name; locks names."""
    User.objects.lock_people()
    try:
        impersonation.check_free(user.name, user.team, user)
    except ValidationError as taken:
        raise ValidationError({"name": taken}) from None
