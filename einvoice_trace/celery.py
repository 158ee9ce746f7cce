"""Celery: alarm clocks only. The database is the queue, so a lost message costs seconds and no mail."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")

app = Celery("einvoice_trace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "wake": {"task": "notifications.tasks.wake", "schedule": 60.0},
    "reports": {"task": "notifications.tasks.make_reports", "schedule": 60.0},
    "auto-confirm": {"task": "notifications.tasks.auto_confirm", "schedule": crontab(minute="*/10")},
    "partitions": {"task": "notifications.tasks.ensure_partitions", "schedule": crontab(hour="1", minute="15")},
    "expire-reports": {"task": "notifications.tasks.expire_reports", "schedule": crontab(hour="2", minute="30")},
}
