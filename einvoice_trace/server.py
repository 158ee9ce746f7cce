"""gunicorn's own lines (a worker that took too long, a restart), in the form of all others."""

from logging.config import dictConfig

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn is not typed
    """For ``gunicorn --logger-class``: no handlers of its own, and no access log, which ``logs.RequestLog`` writes."""

    def setup(self, cfg: Config) -> None:
        """Give the lines to the root's handler; it is set up here because gunicorn speaks before it loads the product."""
        super().setup(cfg)
        dictConfig(settings.LOGGING)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
