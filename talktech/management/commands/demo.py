"""`manage.py demo`: loads the demo, whose next session is about to start, and serves it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from curation.clock import database_now
from talktech.demo import loader
from talktech.management.commands.serve import serve
from talktech.server.startup import keep_files_private, wait_for_database


class Command(BaseCommand):
    help = "Load the demo in place of any earlier one and serve it. Refuses where people are real."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--load-only", action="store_true", help="Load it, serve nothing.")
        parser.add_argument(
            "--end", action="store_true", help="Empty its database, to set up your own chat."
        )

    def handle(self, *, host: str, port: int, load_only: bool, end: bool, **options: Any) -> None:
        keep_files_private()
        wait_for_database(self.stdout.write)
        call_command("migrate", verbosity=0, interactive=False)
        if end:
            self.end()
            return
        self.stdout.write("Loading the demo.")
        try:
            session = loader.load(database_now())
        except loader.RealPeople:
            raise CommandError(
                "There are real people in this database. The demo is for an empty one."
            ) from None
        self.stdout.write(
            f"“{session.title}” starts at {session.starts_at:%H:%M} UTC; its lobby is open."
        )
        if not load_only:
            serve(host, port, say=self.stdout.write)

    def end(self) -> None:
        try:
            loader.clear()
        except loader.RealPeople:
            raise CommandError(
                "There are real people in this database, so nothing was removed."
            ) from None
        self.stdout.write(
            "The demo is gone. Start TalkTech and open the link it prints to set up your own chat."
        )
