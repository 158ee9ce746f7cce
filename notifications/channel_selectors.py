"""What the page *Canales de correo* shows: each channel, how it fares, what it reports, and how its last test went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from invoices.models import Company
from notifications import channel_health, channel_kinds, channel_probe, channel_registry, company_channels
from notifications.channel_health import Health
from notifications.channels import Channel
from notifications.company_channels import PLATFORM, PLATFORM_LABEL
from notifications.lives import Queue
from notifications.models import ChannelHealth, Delivery, MailChannel

REPORTS = {
    "none": "El servidor de salida no informa entregas: los correos quedan como «Enviado (sin confirmar)», y eso no es un error.",
    "dsn": "El servidor de salida devuelve un informe por cada correo: entregado, demorado o devuelto.",
    "webhook": "El proveedor informa cada entrega, demora y devolución.",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One channel; ``row`` is None for the platform's, ``channel`` None when it cannot be read."""

    name: str
    label: str
    kind: str
    chosen: bool
    health: Health
    waiting: int
    row: MailChannel | None
    channel: Channel | None
    test: Delivery | None

    @property
    def reports(self) -> str:
        """What it tells, in a sentence."""
        if self.lacks_secret:
            return "Todavía no informa: falta la clave de firma de los avisos."
        return REPORTS[self.channel.reports] if self.channel else ""

    @property
    def sender(self) -> str:
        """The address that its mails come from."""
        return (self.channel.sender if self.channel else "") or settings.DEFAULT_FROM_EMAIL

    @property
    def hooks(self) -> list[tuple[str, str]]:
        """Provider and address of its notices, without what authenticates them; only of a channel that can take them."""
        if not (self.row and self.channel):
            return []
        return [(provider, hook_address(self.channel.hook, provider)) for provider in self.channel.providers]

    @property
    def lacks_secret(self) -> bool:
        """Whether it could report, but the key of its notices was not typed yet."""
        return bool(self.hooks) and not (self.channel and self.channel.hook_options)


def hook_address(token: str, provider: str, *, login: str = "") -> str:
    """Where a provider posts its notices; ``login`` is ``user:password`` for those that sign none."""
    scheme, _, rest = settings.PUBLIC_URL.partition("://")
    return f"{scheme}://{f'{login}@' if login else ''}{rest}{reverse('hook', args=[token, provider, 'tracking'])}"


def cards(company: Company, *, now: datetime) -> list[Card]:
    """The chosen one first, then the company's own, then the platform's. In the company's scope."""
    rows = {row.name: row for row in company_channels.own(company)}
    names = dict.fromkeys([company.channel, *rows, PLATFORM])
    health = {row.name: row for row in ChannelHealth.objects.filter(name__in=names)}
    tests = channel_probe.latest(now=now)
    ready = Delivery.objects.filter(queue=Queue.READY, channel__in=names).order_by().values("channel").annotate(total=Count("pk"))
    waiting = {item["channel"]: item["total"] for item in ready}
    return [_card(company, name, rows.get(name), health, waiting, tests, now) for name in names]


def _card(
    company: Company,
    name: str,
    row: MailChannel | None,
    health: Mapping[str, ChannelHealth],
    waiting: Mapping[str, int],
    tests: Mapping[str, Delivery],
    now: datetime,
) -> Card:
    channel = company_channels.readable(row) if row else _of_platform(name)
    kind = channel_kinds.kind_of(channel) if channel and row else None
    return Card(
        name=name,
        label=row.label if row else PLATFORM_LABEL,
        kind=kind.title if kind else "Lo cuida quien opera Traza",
        chosen=company.channel == name,
        health=channel_health.in_words(health.get(name), now=now) if channel else channel_health.GONE,
        waiting=waiting.get(name, 0),
        row=row,
        channel=channel,
        test=tests.get(name),
    )


def _of_platform(name: str) -> Channel | None:
    try:
        return channel_registry.get(name)
    except KeyError:
        return None
