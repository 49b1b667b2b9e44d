from django.db import migrations
from django.db.models import OuterRef, Subquery


def close(apps, schema_editor):
    """What has a transcript was closed when that was written."""
    Session = apps.get_model("curation", "ChatSession")
    Transcript = apps.get_model("transcripts", "Transcript")
    written = Transcript.objects.filter(session=OuterRef("pk")).values("written_at")
    Session.objects.filter(transcript__isnull=False).update(closed_at=Subquery(written))


class Migration(migrations.Migration):
    dependencies = [
        ("transcripts", "0001_initial"),
        ("curation", "0009_a_closed_session_stays_closed"),
    ]

    operations = [migrations.RunPython(close, migrations.RunPython.noop, elidable=True)]
