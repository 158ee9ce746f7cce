from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0008_conformity'),
    ]

    operations = [
        migrations.AddField(
            model_name='package',
            name='without_annexes',
            field=models.BooleanField(default=False),
        ),
    ]
