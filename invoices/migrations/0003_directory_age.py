from django.db import migrations, models


class Migration(migrations.Migration):
    """The age of the copy of DIAN's list is read without reading the list."""

    dependencies = [("invoices", "0002_doors")]

    operations = [
        migrations.AddIndex(model_name="receptiondirectory", index=models.Index(fields=["last_seen"], name="directory_age")),
    ]
