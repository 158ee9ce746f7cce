"""
``/metrics`` for Prometheus: what the database says of the work, and what this process says of itself.

The gauges of the database are asked for at every scrape and are the same whichever process answers. The metrics of the
process are of the one that happened to answer: with several web workers they jump from one to another, and of the worker,
the beat and the poller they say nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from invoices.identifiers import uuid7_floor
from invoices.models import WaitingResponse
from invoices.partitions import rows_in_default
from notifications import channel_registry
from notifications.lives import DeliveryState, Queue
from notifications.mailbox_url import HEALTH
from notifications.models import ChannelHealth, Delivery, HistoryReport, InboundMessage, OwedNotification, SecurityEvent, Slot

LAST_DAY = timedelta(hours=24)
STATEMENT_TIMEOUT = "3s"
UNREAD = (InboundMessage.Status.WAITING, InboundMessage.Status.BROKEN)
OPEN_REPORTS = (HistoryReport.Status.REQUESTED, HistoryReport.Status.RUNNING)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """
    The page that Prometheus reads, for whoever brings ``METRICS_TOKEN``.

    :raises Http404: no token is set: the address is not there.
    """
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    database = CollectorRegistry()
    database.register(Work(now=timezone.now()))
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(database), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class Work(Collector):
    """Gauges over the rows of all companies, at one moment; each query reads a partial index, a day or a small table."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """
        The gauges.

        :raises django.db.Error: the database is away or too slow; a scrape that fails is an alarm too.
        """
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [STATEMENT_TIMEOUT])
            yield from self._outbox()
            yield from self._reports()
            yield from self._hooks()
            yield from self._beats()
            yield _gauge("first_notices_owed", "Documents whose PDF is made before their buyer is told.", OwedNotification.across.count())
            yield _gauge("waiting_responses", "Answers and events whose document has not come.", WaitingResponse.across.count())
            yield _gauge("history_default_rows", "Movements that no month took; more than none is an alarm.", rows_in_default())

    def _outbox(self) -> Iterator[Metric]:
        due = Delivery.across.filter(queue=Queue.READY, next_at__lte=self.now).order_by("next_at").values_list("next_at", flat=True).first()
        age = (self.now - due).total_seconds() if due else 0
        yield _gauge("outbox_oldest_due_seconds", "How long the oldest message that may leave has waited; 0 when none waits.", age)
        queues = {queue: Delivery.across.filter(queue=queue).count() for queue in Queue if queue != Queue.DONE}
        yield _labelled("outbox_deliveries", "Messages that are not done, by their place in the outbox.", "queue", queues)
        rows = Delivery.across.filter(pk__gte=self._day()).values_list("state").annotate(Count("pk"))
        states = dict.fromkeys(DeliveryState, 0) | dict(rows)
        yield _labelled("deliveries_state", "Messages made in the last 24 hours, by what is known of them.", "state", states)
        failures = dict(ChannelHealth.objects.values_list("name", "failures"))
        # Only the poller knows the mailboxes: one that never failed has no line.
        names = [*channel_registry.names(), *(name for name in failures if name.startswith(HEALTH))]
        channels = {name: int(failures.get(name, 0) > 0) for name in names}
        yield _labelled("channel_open", "1 from the first failure of a channel or mailbox until it works again.", "channel", channels)

    def _reports(self) -> Iterator[Metric]:
        rows = HistoryReport.across.filter(status__in=OPEN_REPORTS).values_list("status").annotate(Count("pk"))
        yield _labelled("reports", "Reports that are not made yet.", "status", dict.fromkeys(OPEN_REPORTS, 0) | dict(rows))
        failed = HistoryReport.across.filter(pk__gte=self._day(), status=HistoryReport.Status.FAILED).count()
        yield _gauge("reports_failed", "Reports asked for in the last 24 hours that could not be made.", failed)

    def _hooks(self) -> Iterator[Metric]:
        rows = SecurityEvent.objects.filter(hour__gte=self.now - LAST_DAY).values_list("kind").annotate(Sum("count"))
        refused = dict.fromkeys(SecurityEvent.Kind, 0) | dict(rows)
        yield _labelled("hook_refusals", "What the webhooks of providers refused in the last 24 hours, by why.", "kind", refused)
        found = InboundMessage.across.filter(status__in=UNREAD).values_list("status").annotate(Count("pk"))
        unread = dict.fromkeys(UNREAD, 0) | dict(found)
        yield _labelled("inbound_messages", "What came in about our mails and was not read, or could not be.", "status", unread)

    def _beats(self) -> Iterator[Metric]:
        rows = Slot.objects.values_list("name").annotate(Max("slot"))
        ages = {name: (self.now - slot).total_seconds() for name, slot in rows}
        yield _labelled("last_beat_seconds", "Age of the newest slot that a worker took, by schedule.", "schedule", ages)

    def _day(self) -> UUID:
        """The smallest identifier of the last 24 hours: identifiers carry the time, so the primary key is the index."""
        return uuid7_floor(self.now - LAST_DAY)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"traza_{name}", says, value=value)


def _labelled(name: str, says: str, label: str, values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(f"traza_{name}", says, labels=[label])
    for value, number in values.items():
        family.add_metric([str(value)], number)
    return family
