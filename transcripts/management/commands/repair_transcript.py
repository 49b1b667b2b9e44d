"""`manage.py repair_transcript`: record posts that are missing because a clock was ahead."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.clock import database_now
from transcripts import correction
from transcripts.correction import NotByTheRoom
from transcripts.management.commands.verify_transcripts import where
from transcripts.models import LONGEST_REASON, Transcript


class Command(BaseCommand):
    help = (
        "Write a transcript again from the posts that its session took after it was written. The "
        "record before it is kept, its page says that it was corrected, and the audit log why. "
        "Refuses where anything differs that the room can't have done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--session", type=int, metavar="ID", required=True)
        parser.add_argument(
            "--reason", required=True, help="Why, in a sentence: it is shown on the page."
        )

    def handle(self, *args: Any, session: int, reason: str, **options: Any) -> None:
        reason = " ".join(reason.split())
        if not 0 < len(reason) <= LONGEST_REASON:
            raise CommandError(f"The reason has 1 to {LONGEST_REASON} characters.")
        try:
            made = correction.correct(session, reason, database_now())
        except Transcript.DoesNotExist:
            raise CommandError(f"Session {session} has no transcript.") from None
        except NotByTheRoom as fault:
            raise CommandError(
                f"Not repaired, for TalkTech did not cause all of it ({where(list(fault.args))}). "
                "Restore the session from a backup."
            ) from None
        if made is None:
            self.stdout.write("Nothing to repair: it is as it was recorded.")
            return
        self.stdout.write(
            f"Corrected: {made.post_count} posts were recorded, now it is "
            f"{made.transcript.post_count}. SHA-256 {made.transcript.sha256}"
        )
