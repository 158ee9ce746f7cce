"""Celery: alarm clocks only. The database is the queue, so a lost message costs seconds and no mail."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun
from django.conf import settings
from structlog.contextvars import bind_contextvars, unbind_contextvars

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")

app = Celery("einvoice_trace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "wake": {"task": "notifications.tasks.wake", "schedule": 60.0},
    "first-notices": {"task": "notifications.tasks.send_first_notices", "schedule": 60.0},
    "reports": {"task": "notifications.tasks.make_reports", "schedule": 60.0},
    "auto-confirm": {"task": "notifications.tasks.auto_confirm", "schedule": crontab(minute="*/10")},
    "fall-silent": {"task": "notifications.tasks.fall_silent", "schedule": crontab(minute="*/10")},
    "alerts": {"task": "notifications.tasks.raise_alerts", "schedule": 60.0},
    "digest": {"task": "notifications.tasks.send_digests", "schedule": crontab(hour="7", minute="*/10")},
    "partitions": {"task": "notifications.tasks.ensure_partitions", "schedule": crontab(hour="1", minute="15")},
    "expire-reports": {"task": "notifications.tasks.expire_reports", "schedule": crontab(hour="2", minute="30")},
}


@setup_logging.connect
def log_as_everywhere(**_: Any) -> None:
    """Celery leaves the logs alone when somebody answers this signal."""
    dictConfig(settings.LOGGING)


@task_prerun.connect
def name_the_task(task_id: str, task: "Task[Any, Any]", **_: Any) -> None:
    """Every line of a task carries its name and its id."""
    bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    """What the process says between two tasks belongs to none."""
    unbind_contextvars("task", "task_id")
