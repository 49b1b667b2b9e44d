"""`manage.py conductor`: the periodic work in a process of its own."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.clock_agreement import certain_now
from talktech.conductor import Conductor
from talktech.postgres.base import bound_connections
from talktech.server.startup import exit_within, wait_for_database

LONGEST_END = 8.0


def stop(conductor: Conductor) -> None:
    conductor.stopping.set()
    exit_within(LONGEST_END)


class Command(BaseCommand):
    help = "Plan sessions, call off what was never published, write transcripts: what is due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, and end.")

    def handle(self, *, once: bool, **options: Any) -> None:
        conductor = Conductor()
        if not once:
            bound_connections()
        wait_for_database(self.stdout.write)
        if once:
            now = certain_now()
            for sentence in conductor.do_what_is_due(now, now):
                self.stdout.write(sentence)
            if conductor.faults:
                raise CommandError("Could not " + ", could not ".join(conductor.faults) + ".")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop(conductor))
        self.stdout.write("The conductor is at work. Stop it with Ctrl+C.")
        conductor.run()
