from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_inbound_noted'),
    ]

    operations = [
        migrations.AddField(
            model_name='channelhealth',
            name='alerted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
