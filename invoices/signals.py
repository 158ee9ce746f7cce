"""What must follow every migration: the application's grants, and the months of the history."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from invoices.partitions import ensure_partitions

# The application reads and adds movements and acts; it can neither change nor remove one, and nothing is granted on a single month.
GRANTS = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT relid FROM pg_partition_tree('invoices_historyentry') LOOP
        EXECUTE format('REVOKE ALL ON %s FROM {app}', part);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON invoices_historyentry TO {app};
GRANT SELECT ON invoices_historyentry_default TO {app};
REVOKE UPDATE, DELETE ON invoices_auditentry FROM {app};
"""


@receiver(post_migrate)
def grant_and_partition(sender: AppConfig, using: str, **_: Any) -> None:
    """Run once per migration, after the last app of ours."""
    if sender.name != "notifications":
        return
    app = str(settings.DATABASES["default"]["USER"])
    connection = connections[using]
    if connection.settings_dict["USER"] != app:
        with connection.cursor() as cursor:
            cursor.execute(GRANTS.format(app=connection.ops.quote_name(app)))
    today = timezone.localdate()
    ensure_partitions(since=today, until=today, using=using)
