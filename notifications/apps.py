"""The app of who must be told, and were they."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Knows ``invoices``."""

    name = "notifications"
    verbose_name = "Notificaciones"

    def ready(self) -> None:
        """Tell the list of documents what can be wrong about their messages."""
        from invoices.selectors import TROUBLES
        from notifications.problem_kinds import FILTERS

        TROUBLES.update(FILTERS)
