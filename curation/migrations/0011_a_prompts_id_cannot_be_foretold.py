"""A prompt is posted under an id of its own, which nobody knows before.

It used to be made from the prompt's number. Where that may be posted already it stays, so that
nothing is posted twice.
"""

from uuid import UUID, uuid4, uuid5

from django.db import migrations, models

NAMESPACE = UUID("6f1d6f0e-5a0b-4f6e-9c57-0d8a3d1a2b77")


def give_ids(apps, schema_editor):
    Prompt = apps.get_model("curation", "Prompt")
    for prompt in Prompt.objects.select_related("topic__session"):
        is_over = prompt.topic.session.last_seq > 0
        prompt.client_id = uuid5(NAMESPACE, str(prompt.pk)) if is_over else uuid4()
        prompt.save(update_fields=["client_id"])


class Migration(migrations.Migration):
    dependencies = [("curation", "0010_a_session_knows_whether_it_was_handed_over")]

    operations = [
        migrations.AddField("prompt", "client_id", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
        migrations.AlterField(
            "prompt",
            "client_id",
            models.UUIDField(default=uuid4, editable=False, help_text="The id under which it is posted. Nobody else knows it before.", unique=True),
        ),
    ]
