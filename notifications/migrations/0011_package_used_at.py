from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0010_owed_notification'),
    ]

    operations = [
        migrations.AddField(
            model_name='package',
            name='used_at',
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        # Until now the last one made was the last one that went.
        migrations.RunSQL('UPDATE notifications_package SET used_at = created_at', migrations.RunSQL.noop),
    ]
