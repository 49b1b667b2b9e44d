"""`manage.py verify_transcripts`: compare the posts with what was recorded at the end."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from transcripts import archive
from transcripts.models import Transcript

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Compute each transcript's SHA-256 again from the posts in the database. One line each; "
        "ends with 1 if any differs. How the hash is made stands in transcripts/record.py."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--session", type=int, metavar="ID", help="Only that session's.")

    def handle(self, *args: Any, session: int | None, **options: Any) -> None:
        transcripts = Transcript.objects.select_related("session").order_by(
            "session__starts_at", "session"
        )
        if session is not None:
            transcripts = transcripts.filter(session=session)
            if not transcripts:
                raise CommandError(f"Session {session} has no transcript.")
        differ = 0
        for transcript in transcripts.iterator():
            different = archive.verify(transcript)
            differ += different is not None
            verdict = "ok" if different is None else f"DIFFERS ({where(different)})"
            self.stdout.write(f"{transcript.sha256} {transcript.session}: {verdict}")
        if differ:
            raise CommandError(
                f"{differ} of the transcripts above differ. `manage.py repair_transcript` adds "
                "posts that were taken after one was written, and nothing else.",
                returncode=1,
            )


def where(different: list[int]) -> str:
    if not different:
        return "the record itself was changed"
    listed = ", ".join(map(str, different[:SHOWN])) + (", …" if len(different) > SHOWN else "")
    return f"post{'s' * (len(different) > 1)} {listed}"
