from django.db import migrations, models


class Migration(migrations.Migration):
    """The messages to one address are read newest first; nobody looks a part of an address up here, so the index need not serve prefixes."""

    dependencies = [("notifications", "0003_stuck_deliveries")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["company", "address_key", "-created_at", "-id"], name="delivery_of_address"),
        ),
        migrations.RemoveIndex(model_name="delivery", name="delivery_address"),
    ]
