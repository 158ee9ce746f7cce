from django.db import migrations, models


class Migration(migrations.Migration):
    """What is held or dead is counted at every look at the metrics, without reading what is done."""

    dependencies = [("notifications", "0002_asked_by")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("queue__in", ["hold", "dead"])), fields=["queue"], name="delivery_stuck"),
        ),
    ]
