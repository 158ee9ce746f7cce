"""
What administrators are told without having asked: messages that were given up, and a channel of theirs that stopped.

By the platform's channel, as theirs may be what is broken. Nobody is told where a company has no administrator.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from invoices.identifiers import uuid7_floor
from invoices.models import Company, Membership
from invoices.scope import company_scope
from invoices.templatetags.traza import moment
from notifications import alert_mail, channel_health, channel_registry, outbox
from notifications.alert_mail import Note
from notifications.company_channels import PLATFORM
from notifications.lives import Queue
from notifications.mime import mailbox
from notifications.models import ChannelHealth, Delivery, MailChannel, Notification
from notifications.presenters import count

QUIET = timedelta(hours=1)
LOOK_BACK = timedelta(days=1)
DEAD_NOTE = "Envíos abandonados"
STOPPED_NOTE = "Canal detenido"
# A channel that mends itself within a minute or so worries nobody: the third failure in a row does.
WORRYING = 3
logger = logging.getLogger(__name__)


def raise_due(*, now: datetime) -> int:
    """Tell what there is to tell; how many companies were told of something."""
    return _dead(now) + _stopped(now)


def _dead(now: datetime) -> int:
    """One mail per company and hour, with how many were given up since the last one."""
    rows = Delivery.across.filter(queue=Queue.DEAD, document__isnull=False, settled_at__gt=now - LOOK_BACK)
    return sum(_tell_dead(company_id, now) for company_id in rows.order_by().values_list("company_id", flat=True).distinct())


def _tell_dead(company_id: UUID, now: datetime) -> bool:
    with company_scope(company_id):
        company = Company.objects.get(pk=company_id)
        last = _last_told(now)
        if last and last > now - QUIET:
            return False
        given_up = Delivery.objects.filter(queue=Queue.DEAD, document__isnull=False, settled_at__gt=last or now - LOOK_BACK)
        total = given_up.aggregate(total=Count("pk"), documents=Count("document", distinct=True))
        return bool(total["total"]) and _owe(company, DEAD_NOTE, _dead_mail(company, total["total"], total["documents"]), now)


def _last_told(now: datetime) -> datetime | None:
    recent = Notification.objects.filter(pk__gte=uuid7_floor(now - LOOK_BACK), kind=Notification.Kind.ALERT, note=DEAD_NOTE)
    return recent.order_by("-created_at").values_list("created_at", flat=True).first()


def _dead_mail(company: Company, messages: int, documents: int) -> Note:
    sends, files = count(messages, "envío", "envíos"), count(documents, "documento", "documentos")
    return Note(
        subject=f"{sends} sin entregar en {company.name}",
        title=f"{sends} no se pudo entregar" if messages == 1 else f"{sends} no se pudieron entregar",
        paragraphs=(
            f"Agotamos los intentos con {sends} de {files}. Tus clientes no los recibieron.",
            "En Problemas de entrega están agrupados por motivo, cada uno con lo que puedes hacer.",
        ),
        button="Ver los problemas de entrega",
        link=settings.PUBLIC_URL + reverse("problems", args=[company.nit]),
        footer="Lo recibes porque administras la empresa en Traza. Avisamos a lo sumo una vez por hora.",
    )


def _stopped(now: datetime) -> int:
    """Once per opening; a channel of the environment is looked after by whoever runs the product, who has the metrics."""
    stopped = {row.name: row for row in ChannelHealth.objects.filter(failures__gte=WORRYING, alerted_at=None)}
    return sum(_tell_stopped(row, stopped[row.name], now) for row in MailChannel.objects.filter(name__in=stopped, company__isnull=False))


def _tell_stopped(row: MailChannel, health: ChannelHealth, now: datetime) -> bool:
    assert row.company_id is not None
    with company_scope(row.company_id):
        company = Company.objects.get(pk=row.company_id)
        if not ChannelHealth.objects.filter(name=row.name, alerted_at=None).update(alerted_at=now):
            return False
        return _owe(company, f"{STOPPED_NOTE} {row.name}", _stopped_mail(company, row, health, now), now)


def _stopped_mail(company: Company, row: MailChannel, health: ChannelHealth, now: datetime) -> Note:
    cause, remedy = channel_health.fault(health.last_error)
    until = f" Volvemos a probar el {moment(health.open_until)}." if health.open_until and health.open_until > now else ""
    return Note(
        subject=f"El canal de correo «{row.label}» se detuvo",
        title=f"El canal «{row.label}» se detuvo",
        paragraphs=(
            f"{cause} {remedy}",
            f"Los correos de {company.name} que salen por él esperan: no se pierde ninguno ni se cuenta como intento.{until}",
        ),
        button="Ver el canal",
        link=settings.PUBLIC_URL + reverse("channels", args=[company.nit]),
        footer="Lo recibes porque administras la empresa en Traza. Avisamos una vez, hasta que el canal vuelva a funcionar.",
    )


def _owe(company: Company, note: str, mail: Note, now: datetime) -> bool:
    administrators = Membership.objects.filter(company=company, role=Membership.Role.ADMINISTRATOR, user__is_active=True)
    addresses = sorted(administrators.values_list("user__email", flat=True))
    if not addresses:
        return False
    kind, origin = Notification.Kind.ALERT, Notification.Origin.INITIAL
    notification = Notification.objects.create(company=company, kind=kind, origin=origin, note=note, created_at=now)
    sender = mailbox("Traza", channel_registry.sender(PLATFORM))
    messages = [alert_mail.message(mail, sender=sender, address=address, company=company.name) for address in addresses]
    outbox.enqueue(notification=notification, messages=messages, channel=PLATFORM, now=now)
    return True
