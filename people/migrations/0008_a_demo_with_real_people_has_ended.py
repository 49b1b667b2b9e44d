"""Where real people joined a demo, its accounts, which one click could open, were still open."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def end(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    User = apps.get_model("people", "User")
    simulated = User.objects.filter(simulated=True, is_active=True)
    if not simulated.exists() or not User.objects.filter(simulated=False).exists():
        return
    for person in simulated:
        person.groups.clear()
    simulated.update(is_active=False, is_staff=False, is_superuser=False, password="!")
    # A visitor may have allowed a domain of their own.
    apps.get_model("people", "SignUpDomain").objects.all().delete()
    apps.get_model("sessions", "Session").objects.all().delete()
    apps.get_model("people", "AuditEntry").objects.create(
        at=timezone.now(),
        action="ended the demo",
        subject="Everybody signed out, its accounts closed, its email domains removed",
        reason="Real people are in its database. Look through People for who should not be there.",
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0007_tries_are_counted"), ("sessions", "0001_initial")]

    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
