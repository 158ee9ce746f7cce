"""The app of who must be told, and were they."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Knows ``invoices``."""

    name = "notifications"
    verbose_name = "Notificaciones"
