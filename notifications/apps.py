"""The app of who must be told, and were they."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Knows ``invoices``."""

    name = "notifications"
    verbose_name = "Notificaciones"

    def ready(self) -> None:
        """Tell the list of documents what can be wrong about their messages, and how their terms may stand."""
        from invoices import selectors
        from notifications import problem_kinds, terms

        selectors.TROUBLES.update(problem_kinds.FILTERS)
        selectors.TERMS.update(terms.TERMS)
