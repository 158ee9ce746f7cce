"""
*Resumen diario*: each morning, to each user who did not switch it off, the problems of the companies of which he is a member now.

A day without problems has its mail too: silence would leave open whether everything went out, or nothing.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from invoices.identifiers import uuid7_floor
from invoices.models import Company, User
from invoices.scope import company_scope
from invoices.selectors import DUE_SOON
from invoices.templatetags.traza import thousands
from notifications import beats, outbox, problem_companies
from notifications.lives import REACHED, DeliveryState
from notifications.messages import Rendered
from notifications.mime import mailbox
from notifications.models import Delivery, Notification, Slot
from notifications.moments import count, day_title, local
from notifications.problem_companies import CompanyLine
from notifications.problem_selectors import Group, Numbers, Row

# A mail shows so many causes, rows per cause and companies; the pages show all of them.
MOST_CAUSES, MOST_ROWS, MOST_COMPANIES = 12, 3, 20
SLOT = "digest:"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Morning:
    """One company as the digest tells it; ``delivered`` and ``sent`` (without anybody who confirms) are of this month."""

    line: CompanyLine
    delivered: int = 0
    sent: int = 0

    @property
    def link(self) -> str:
        """The company's page."""
        return settings.PUBLIC_URL + reverse("problems", args=[self.line.company.nit])

    @property
    def terms(self) -> str:
        """The list of its documents whose term ends soon."""
        return f"{settings.PUBLIC_URL}{reverse('documents', args=[self.line.company.nit])}?plazo={DUE_SOON}"


@dataclass(frozen=True, slots=True)
class Told:
    """One cause over all companies, with its worst rows, each with its company's morning; ``more`` rows are not named."""

    group: Group
    rows: Sequence[tuple[Row, Morning]]
    more: int


def send_due(*, now: datetime) -> int:
    """Owe today's digest to everybody who has not had it; how many. A user whose digest fails is logged and stops nobody."""
    morning = cache(lambda company: read(company, now=now))
    sent = 0
    for user in _waiting(now):
        try:
            sent += send(user=user, mornings=[morning(company) for company in problem_companies.members(user)], now=now)
        except Exception:
            logger.exception("no digest for %s", user.pk)
    return sent


def _waiting(now: datetime) -> Iterator[User]:
    """Users of at least one company who want it and have not had it today."""
    had = set(Slot.objects.filter(slot=_today(now), name__startswith=SLOT).values_list("name", flat=True))
    rows = User.objects.filter(is_active=True, daily_digest=True, memberships__isnull=False).distinct().order_by("pk")
    return (user for user in rows if _slot(user) not in had)


def _slot(user: User) -> str:
    return f"{SLOT}{user.pk.hex}"


def _today(now: datetime) -> datetime:
    """Midnight in America/Bogota: a day of the user, not of UTC."""
    return beats.day(local(now))


@transaction.atomic
def send(*, user: User, mornings: Sequence[Morning], now: datetime) -> bool:
    """Owe the digest to one user, once a day; whether this was the time."""
    if not mornings or not beats.wins(_slot(user), _today(now)):
        return False
    mail = digest_mail(user=user, mornings=mornings, now=now)
    notification = Notification.across.create(kind=Notification.Kind.DIGEST, origin=Notification.Origin.INITIAL, created_at=now)
    message = outbox.Message(
        address=user.email, source=Delivery.Source.USER, sender=mail.sender, subject=mail.subject, text=mail.text, html=mail.html
    )
    outbox.enqueue(notification=notification, messages=[message], channel="default", now=now)
    return True


def read(company: Company, *, now: datetime) -> Morning:
    """One company in a scope of its own; what arrived this month is only counted where nothing is open."""
    overview = problem_companies.read(company, today=local(now).date(), most=MOST_ROWS)
    line = CompanyLine(company, overview.numbers, overview.groups)
    if overview.numbers.open:
        return Morning(line)
    first = local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with company_scope(company.pk):
        rows = Delivery.objects.filter(pk__gte=uuid7_floor(first), document__isnull=False, state__in=REACHED)
        delivered = rows.filter(state=DeliveryState.DELIVERED).count()
        return Morning(line, delivered, rows.count() - delivered)


def digest_mail(*, user: User, mornings: Sequence[Morning], now: datetime) -> Rendered:
    """Render the mail. :param mornings: one per company of the user, at least one."""
    told = causes(mornings)
    opened = sum(morning.line.numbers.open for morning in mornings)
    today = day_title(now)[0].lower() + day_title(now)[1:]
    title = count(opened, "problema de entrega", "problemas de entrega") if opened else "Sin problemas de entrega"
    only = mornings[0] if len(mornings) == 1 else None
    context = {
        "subject": f"{title} · {today}",
        "title": title,
        "when": f"{today}, {local(now):%H:%M}",
        "only": only,
        "mornings": sorted(mornings, key=lambda item: (-item.line.numbers.open, -item.line.numbers.due_soon))[:MOST_COMPANIES],
        "more_companies": len(mornings[MOST_COMPANIES:]),
        "companies": len(mornings),
        "numbers": numbers(mornings),
        "told": told[:MOST_CAUSES],
        "more_causes": len(told[MOST_CAUSES:]),
        "due_soon": due_soon(morning.line.numbers for morning in mornings),
        "arrived": arrived(mornings),
        "preheader": " · ".join(f"{item.group.title}: {item.group.problems}" for item in told[:3]) or arrived(mornings),
        "link": only.link if only else settings.PUBLIC_URL + reverse("all_problems"),
        "off": settings.PUBLIC_URL + reverse("daily_digest"),
    }
    return Rendered(
        sender=mailbox("Traza", settings.DEFAULT_FROM_EMAIL),
        reply_to="",
        subject=str(context["subject"]),
        text=render_to_string("mail/digest.txt", context),
        html=render_to_string("mail/digest.html", context),
    )


def numbers(mornings: Iterable[Morning]) -> list[tuple[int, str, str]]:
    """The numbers of the mail: how many, of what, in which tone; what nobody confirmed only where a channel tells."""
    found = [morning.line.numbers for morning in mornings]
    unconfirmed = [item.unconfirmed for item in found if item.unconfirmed is not None]
    told = [
        (sum(item.open for item in found), "problemas abiertos", "bad"),
        (sum(item.nobody for item in found), "documentos sin ninguna entrega", "bad"),
        (sum(unconfirmed), "sin confirmar hace más de 72 horas", "warn") if unconfirmed else None,
        (due_soon(found), "plazos legales que vencen hoy o el próximo día hábil (estimado)", "warn"),
    ]
    return [number for number in told if number]


def due_soon(found: Iterable[Numbers]) -> int:
    """Documents whose legal term ends today or on the next business day."""
    return sum(item.due_soon for item in found)


def causes(mornings: Iterable[Morning]) -> list[Told]:
    """Every cause over all companies, the one with most documents first."""
    found: dict[str, list[tuple[Group, Morning]]] = defaultdict(list)
    for morning in mornings:
        for group in morning.line.causes:
            found[group.cause].append((group, morning))
    told = [_told(cause, parts) for cause, parts in found.items()]
    return sorted(told, key=lambda item: (-item.group.documents, item.group.cause))


def _told(cause: str, parts: Sequence[tuple[Group, Morning]]) -> Told:
    groups = [group for group, _ in parts]
    whole = Group(
        cause,
        problems=sum(group.problems for group in groups),
        documents=sum(group.documents for group in groups),
        customers=sum(group.customers for group in groups),
    )
    rows = sorted(((row, morning) for group, morning in parts for row in group.rows), key=lambda pair: -pair[0].documents)
    return Told(whole, rows[:MOST_ROWS], sum(group.size for group in groups) - len(rows[:MOST_ROWS]))


def arrived(mornings: Iterable[Morning]) -> str:
    """What went well this month, in a sentence; what nobody confirms is not called delivered."""
    found = list(mornings)
    delivered, sent = sum(item.delivered for item in found), sum(item.sent for item in found)
    parts = [f"{thousands(delivered)} {'notificación entregada' if delivered == 1 else 'notificaciones entregadas'}"] if delivered else []
    parts += [f"{thousands(sent)} {'enviada' if sent == 1 else 'enviadas'} sin confirmación"] if sent else []
    return f"{' y '.join(parts)} en lo que va del mes." if parts else "Este mes todavía no ha salido ninguna notificación."
