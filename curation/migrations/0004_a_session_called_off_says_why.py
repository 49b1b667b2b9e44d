import curation.law.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("curation", "0003_texts_are_checked"),
    ]

    operations = [
        migrations.AddField(
            model_name='chatsession',
            name='called_off_because',
            field=models.CharField(blank=True, max_length=200, validators=[curation.law.validators.check_line], verbose_name='reason'),
        ),
    ]
