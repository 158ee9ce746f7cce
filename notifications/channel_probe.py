"""*Probar el canal*: a mail to whoever asks, by this channel, and what DNS says of its sender."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import dns.resolver
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from invoices.identifiers import uuid7_floor
from invoices.invalid import Invalid
from invoices.models import Company, User
from invoices.templatetags.traza import moment
from notifications import alert_mail, channel_registry, mail_dns, outbox
from notifications.alert_mail import Note
from notifications.mail_dns import Check
from notifications.messages import sender
from notifications.models import ChannelHealth, Delivery, MailChannel, Notification

MOST_AN_HOUR = 5
SHOWN_FOR = timedelta(days=7)
NOTE = "Prueba del canal"


@dataclass(frozen=True, slots=True)
class Probe:
    """A test mail that is owed, and what DNS said."""

    delivery: Delivery
    checks: list[Check]


def probe(*, company: Company, name: str, label: str, by: User, now: datetime, resolver: dns.resolver.Resolver | None = None) -> Probe:
    """
    Owe a test mail to the user's own address, ask DNS (two seconds at most), and keep both with the channel. In the company's scope.

    :raises Invalid: the company tried it ``MOST_AN_HOUR`` times within the hour.
    """
    _check_rate(now)
    sender_address = channel_registry.sender(name)
    checks = mail_dns.sender_checks(sender_address.rpartition("@")[2], resolver=resolver)
    delivery = _owe(company, name, label, by, now)
    kept = {"delivery": str(delivery.pk), "sender": sender_address, "checks": [asdict(check) for check in checks]}
    own = MailChannel.objects.filter(company=company, name=name)
    if own.update(tested_at=now, test_result=kept):
        ChannelHealth.objects.filter(name=name, open_until__gt=now).update(open_until=now)  # whoever mended it need not wait
    return Probe(delivery, checks)


def latest(*, now: datetime) -> dict[str, Delivery]:
    """The newest test mail by each channel, of the last days; in the company's scope."""
    rows = Delivery.objects.filter(pk__gte=uuid7_floor(now - SHOWN_FOR), notification__kind=Notification.Kind.ALERT)
    tests = rows.filter(notification__note__startswith=NOTE).select_related("notification").order_by("created_at")
    return {item.channel: item for item in tests}


def _check_rate(now: datetime) -> None:
    recent = Notification.objects.filter(kind=Notification.Kind.ALERT, note__startswith=NOTE, created_at__gt=now - timedelta(hours=1))
    if recent.filter(pk__gte=uuid7_floor(now - timedelta(hours=2))).count() >= MOST_AN_HOUR:
        raise Invalid(f"Ya hiciste {MOST_AN_HOUR} pruebas en la última hora: espera un poco.")


@transaction.atomic
def _owe(company: Company, name: str, label: str, by: User, now: datetime) -> Delivery:
    note = f"{NOTE} {name}"
    kind, origin = Notification.Kind.ALERT, Notification.Origin.INITIAL
    notification = Notification.objects.create(company=company, kind=kind, origin=origin, requested_by=by, note=note, created_at=now)
    mail = alert_mail.message(
        Note(
            subject=f"Prueba del canal de correo de {company.name}",
            title="El canal funciona: este correo salió por él",
            paragraphs=(
                f"Lo pediste el {moment(now)} para probar «{label}».",
                "Abre los detalles de este correo en tu buzón y mira que diga «pass» en SPF, DKIM y DMARC.",
            ),
            button="Ver el resultado",
            link=settings.PUBLIC_URL + reverse("channels", args=[company.nit]),
            footer="Si no lo pediste tú, avisa al administrador de la empresa en Traza.",
        ),
        sender=sender(company, channel=name),
        address=by.email,
        company=company.name,
    )
    return outbox.enqueue(notification=notification, messages=[mail], channel=name, now=now)[0]
