"""A person with an account, and the queries about people."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower

from people import names, security_log, time_zones
from people.models.sign_up_domain import SignUpDomain
from people.models.team import Team


def known_zone(name: str) -> None:
    """Raise ValidationError for what is not a zone of the time zone database."""
    if name not in time_zones.known_zones():
        raise ValidationError("Choose a time zone from the list.", code="zone")


def display_name(user: "User") -> str:
    return user.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save and return a new person; without a password they can't sign in by one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.name = names.tidy(user.name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save and return a new admin, for Django's `createsuperuser`; it ends a demo."""
        with transaction.atomic(using=self._db):
            self.end_demo()
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def end_demo(self) -> list["User"]:
        """Close every account that a click could open, and undo what its visitors set up.

        They could sign in as the admin, and so could have added people, allowed a domain to sign
        up, and kept the session. Returns the people whose sign-ins have ended.
        """
        self.lock_people()
        simulated = list(self.filter(simulated=True, is_active=True))
        if not simulated:
            return []
        Session.objects.all().delete()
        SignUpDomain.objects.all().delete()
        for person in simulated:
            person.is_active = person.is_staff = person.is_superuser = False
            person.set_unusable_password()
            person.save()
            person.groups.clear()
        security_log.write_event("demo_ended", accounts=len(simulated))
        return simulated

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")

    def people(self) -> models.QuerySet["User"]:
        """People who may sign in. An unconfirmed sign-up is not a person yet."""
        return self.filter(is_active=True, is_confirmed=True)

    def only_simulated(self) -> bool:
        """True in a demo: there are people, and the demo created all of them."""
        kinds = set(self.values_list("simulated", flat=True).distinct())
        return kinds == {True}

    def lock_people(self) -> None:
        """Lock adding and renaming people, and loading the demo, until this transaction ends."""
        list(ContentType.objects.select_for_update().filter(app_label="people", model="user"))


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Two may share a name, so the team is shown with it."""

    email = models.EmailField(
        unique=True, error_messages={"unique": "This address already has an account."}
    )
    name = models.CharField(max_length=names.LONGEST, validators=[names.check])
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    former_name = models.CharField(
        max_length=names.LONGEST, blank=True, editable=False, help_text="Shown for a week."
    )
    renamed_at = models.DateTimeField(null=True, editable=False)
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[known_zone], help_text="Empty: the browser's."
    )
    is_active = models.BooleanField("can sign in", default=True)
    is_staff = models.BooleanField("works in the admin", default=False)
    is_confirmed = models.BooleanField(
        default=True, editable=False, help_text="Has shown that they read mail at their address."
    )
    simulated = models.BooleanField(
        default=False, editable=False, help_text="Made by the demo, not a real person."
    )
    password_until = models.DateTimeField(
        null=True, editable=False, help_text="When a password that was made for them ends."
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "id")
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = (models.UniqueConstraint(Lower("email"), name="one_account_per_address"),)

    def __str__(self) -> str:
        return self.name or self.email

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_until = None

    @property
    def name_with_team(self) -> str:
        """The name with the team: "Dana Kowalski (Multimedia)"."""
        return f"{self.name} ({self.team.name})" if self.team else self.name

    @property
    def initials(self) -> str:
        return names.initials(self.name)

    @property
    def hue(self) -> int:
        return names.hue(self.pk)

    def set_former_name(self, name: str, now: datetime) -> None:
        """Set the former name to show for a week; after several changes, the first one."""
        shown = self.former_name or name
        self.former_name = "" if shown == self.name else shown
        self.renamed_at = now

    def get_full_name(self) -> str:
        return self.name
