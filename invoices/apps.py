"""The app of what was sold and documented."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """Knows nobody: ``notifications`` imports it, never the other way round."""

    name = "invoices"
    verbose_name = "Ventas y documentos electrónicos"

    def ready(self) -> None:
        """Connect what must follow every migration."""
        from invoices import signals  # noqa: F401 - models must be loaded first
