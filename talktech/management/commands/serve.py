"""`manage.py serve`: the product in one process, Daphne with the conductor in a thread."""

import asyncio
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from people.models import User
from talktech.conductor import Conductor
from talktech.demo.colleagues import simulate_colleagues
from talktech.pages import welcome
from talktech.server.startup import check_exposure, keep_files_private, wait_for_database


class Command(BaseCommand):
    help = "Serve TalkTech. On SQLite the database is made and brought up to date first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        keep_files_private()
        wait_for_database(self.stdout.write)
        self.bring_up_to_date()
        serve(host, port, say=self.stdout.write)

    def bring_up_to_date(self) -> None:
        """One process may change its own SQLite; a shared database has an upgrade step."""
        if settings.SQLITE:
            call_command("migrate", verbosity=0, interactive=False)
            return
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date. Run `manage.py migrate` first.")


def serve(host: str, port: int, say: Any) -> None:
    """Serve until SIGTERM or SIGINT. Raises CommandError if the address can't be had."""
    # First, because middleware and templates read DEBUG once.
    check_exposure(host)
    # Importing Daphne installs its event loop, which other commands don't need.
    from talktech.asgi import application
    from talktech.server.daphne import TalkTechServer

    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1", "::") else host  # noqa: S104
    address = settings.CONFIG.talktech_url or f"http://{shown}:{port}"
    nobody_yet = not User.objects.exists()
    may_be_demo = nobody_yet or User.objects.only_simulated()
    # Read from the database now: once the event loop runs, Django allows no query in its thread.
    set_up_link = welcome.setup_link(address) if nobody_yet else ""
    connection.close()
    company: list[asyncio.Task[None]] = []

    def when_ready() -> None:
        say(f"TalkTech is at {address}/")
        if set_up_link:
            say(f"Set it up here: {set_up_link}")
        say("Stop it with Ctrl+C.")
        sys.stdout.flush()  # so that it appears at once in files and pipes too
        if may_be_demo:
            company.append(asyncio.ensure_future(simulate_colleagues()))

    conductor = Conductor()
    conductor.start()
    server = TalkTechServer(application, host, port, when_ready)
    try:
        server.run()
    finally:
        conductor.stop()
    if server.fault:
        raise CommandError(f"Can't listen at {host}:{port}: {server.fault}")
