from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("curation", "0004_a_session_called_off_says_why"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('url__istartswith', 'http://'), ('url__istartswith', 'https://'), _connector='OR'), name='an_article_is_on_the_web'),
        ),
        migrations.AddConstraint(
            model_name='chatsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), models.Q(('published_at__isnull', False), models.Q(('title', ''), _negated=True)), _connector='OR'), name='published_with_title_and_instant'),
        ),
    ]
