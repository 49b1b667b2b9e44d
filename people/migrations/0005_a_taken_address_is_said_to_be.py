from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_teams_have_visible_names'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(error_messages={'unique': 'Somebody has this address already.'}, max_length=254, unique=True),
        ),
    ]
