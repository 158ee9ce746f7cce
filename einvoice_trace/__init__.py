"""Wiring only: settings, URLs, Celery. The domain lives in ``invoices`` and ``notifications``."""

from einvoice_trace.celery import app as celery_app

__all__ = ["celery_app"]
