"""`manage.py create_user --email E --name N …`: creates an account."""

import secrets
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from curation.rota.curators import make_curator
from people import audit, names
from people.accounts.create import open_account
from people.models import Team, User

# Scripts rely on a printed password, so it is not a link; but it expires.
PRINTED_PASSWORD_LASTS = timedelta(days=7)


class Command(BaseCommand):
    help = "Create a person whose address counts as verified. Without a password one is printed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--password")
        parser.add_argument("--team", help="Created if it doesn’t exist.")
        parser.add_argument("--curator", action="store_true", help="May prepare sessions.")
        parser.add_argument("--admin", action="store_true", help="May do everything.")

    def handle(
        self,
        *,
        email: str,
        name: str,
        password: str | None,
        team: str | None,
        curator: bool,
        admin: bool,
        **options: Any,
    ) -> None:
        if password == "":
            raise CommandError("Give a password, or leave --password out to have one printed.")
        chosen = password or secrets.token_urlsafe(12)
        user = User(email=email, name=name, is_staff=admin, is_superuser=admin)
        was_demo = User.objects.only_simulated()
        try:
            with transaction.atomic():
                if team:
                    user.team = get_or_create_team(team)
                open_account(user, chosen)
                if password is None:
                    user.password_until = timezone.now() + PRINTED_PASSWORD_LASTS
                    user.save(update_fields=["password_until"])
                if curator:
                    make_curator(user)
                audit.record(None, "person_added", "added a person", audit.described(user))
        except ValidationError as invalid:
            raise CommandError(error_text(invalid)) from None
        if was_demo:
            self.stdout.write("The demo has ended: nobody in it can sign in any more.")
        self.stdout.write(f"id={user.pk}")
        self.stdout.write(f"email={user.email}")
        if password is None:
            self.stdout.write(f"password={chosen}")
            days = PRINTED_PASSWORD_LASTS.days
            self.stdout.write(f"It works for {days} days. They choose their own at /you/.")


def error_text(invalid: ValidationError) -> str:
    """Return the errors as one text, each after the name of its field."""
    return " ".join(
        f"{field}: {sentence}"
        for field, sentences in invalid.message_dict.items()
        for sentence in sentences
    )


def get_or_create_team(name: str) -> Team:
    team = Team(name=names.tidy(name))
    try:
        team.clean_fields()
    except ValidationError as invalid:
        raise ValidationError({"team": invalid.messages}) from None
    found, _ = Team.objects.get_or_create(name=team.name)
    return found
