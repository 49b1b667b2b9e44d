import curation.law.validators
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("curation", "0002_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name='article',
            name='note',
            field=models.CharField(blank=True, max_length=400, validators=[curation.law.validators.check_line], verbose_name='why it matters'),
        ),
        migrations.AlterField(
            model_name='article',
            name='source',
            field=models.CharField(blank=True, help_text='Who published it.', max_length=80, validators=[curation.law.validators.check_line]),
        ),
        migrations.AlterField(
            model_name='article',
            name='title',
            field=models.CharField(max_length=160, validators=[curation.law.validators.check_line]),
        ),
        migrations.AlterField(
            model_name='article',
            name='url',
            field=models.CharField(max_length=500, validators=[curation.law.validators.check_link], verbose_name='link'),
        ),
        migrations.AlterField(
            model_name='chatsession',
            name='intro',
            field=models.TextField(blank=True, max_length=5000, validators=[curation.law.validators.check_prose, django.core.validators.MaxLengthValidator(5000)], verbose_name='introduction'),
        ),
        migrations.AlterField(
            model_name='chatsession',
            name='title',
            field=models.CharField(blank=True, max_length=120, validators=[curation.law.validators.check_line]),
        ),
        migrations.AlterField(
            model_name='series',
            name='name',
            field=models.CharField(default='#TalkTech', max_length=60, validators=[curation.law.validators.check_line]),
        ),
        migrations.AlterField(
            model_name='topic',
            name='question',
            field=models.CharField(blank=True, max_length=200, validators=[curation.law.validators.check_line]),
        ),
    ]
