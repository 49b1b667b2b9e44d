"""`manage.py rehearse --starts-at ISO`: creates a session to try things out at any point of it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.clock import database_now
from curation.models import NotAllowed
from curation.rehearsals import rehearse


class Command(BaseCommand):
    help = "Make a complete, published rehearsal. Prints its id and its path, one a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--starts-at",
            required=True,
            metavar="ISO",
            help="An instant with its offset, like 2026-11-26T13:00:00Z; at most 35 minutes ago.",
        )
        parser.add_argument("--title", default="", help='What to call it; "Rehearsal" otherwise.')

    def handle(self, *args: Any, starts_at: str, title: str, **options: Any) -> None:
        try:
            start = datetime.fromisoformat(starts_at)
        except ValueError:
            raise CommandError(
                f"{starts_at!r} is no instant. Write it like 2026-11-26T13:00:00Z."
            ) from None
        try:
            session = rehearse(database_now(), start, title)
        except (NotAllowed, ValidationError) as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        self.stdout.write(f"id={session.pk}\npath={session.get_absolute_url()}")
