"""Whether somebody who signed up has shown that the address is theirs."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def note_the_unconfirmed(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Those with an address that is not verified, who never got in."""
    addresses = apps.get_model("account", "EmailAddress").objects
    verified = addresses.filter(verified=True).values("user")
    unverified = addresses.filter(verified=False).values("user")
    people = apps.get_model("people", "User").objects.filter(last_login=None, pk__in=unverified)
    people.exclude(pk__in=verified).update(is_confirmed=False)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_a_demo_with_real_people_has_ended"),
        ("account", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_confirmed",
            field=models.BooleanField(
                default=True,
                editable=False,
                help_text="Has shown that they read mail at their address.",
            ),
        ),
        migrations.RunPython(note_the_unconfirmed, migrations.RunPython.noop),
    ]
