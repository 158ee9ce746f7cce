"""The messages that came in and left a reason behind, newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_delivery_truth")]

    operations = [
        migrations.AddIndex(
            model_name="inboundmessage",
            index=models.Index(condition=models.Q(("error", ""), _negated=True), fields=["-id"], name="inbound_noted"),
        ),
    ]
