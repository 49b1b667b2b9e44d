"""Opening an account for somebody whose address needs no proof; the first real one ends a demo."""

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from people import names, security_log
from people.accounts import sign_up
from people.lookalikes import impersonation
from people.models import SignUpDomain, User
from people.sign_ins import endings


def open_account(user: User, password: str | None) -> User:
    """Save a new person with a verified address; no password given means that none fits.

    With the first person who is not `simulated` a demo ends.
    Raises ValidationError for an address or a name that may not stand, or an address in use.
    """
    user.email = User.objects.normalize_email(user.email).lower()
    user.name = names.tidy(user.name)
    user.set_password(password)
    try:
        with transaction.atomic():
            sign_up.delete_unconfirmed(user.email)
            user.full_clean()
            if not user.simulated:
                end_demo()
            check_name_is_free(user)
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:  # somebody else was a moment quicker
        user.full_clean()
        raise
    return user


def check_name_is_free(user: User) -> None:
    """Raise ValidationError if somebody of that team has the name; nobody takes it meanwhile."""
    User.objects.lock_people()
    try:
        impersonation.check_free(user.name, user.team, user)
    except ValidationError as taken:
        raise ValidationError({"name": taken}) from None


def end_demo() -> None:
    """Close every account that a click could open, with all that its visitors may have set up.

    They could sign in as the admin, and so could have added people, allowed a domain to sign up,
    and kept the session.
    """
    User.objects.lock_people()
    simulated = list(User.objects.filter(simulated=True, is_active=True))
    if not simulated:
        return
    Session.objects.all().delete()
    SignUpDomain.objects.all().delete()
    for person in simulated:
        person.is_active = person.is_staff = person.is_superuser = False
        person.set_unusable_password()
        person.save()
        person.groups.clear()
        endings.report_possible_end(person.pk)
    security_log.write_event("demo_ended", accounts=len(simulated))
