from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curation", "0008_the_weekly_chat_is_called_so"),
    ]

    operations = [
        migrations.AddField(
            model_name="chatsession",
            name="closed_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When its transcript was written. No clock says an earlier time here "
                "after that.",
                null=True,
            ),
        ),
    ]
