"""
The legal clock on screen: of one document, and the lists of documents whose term to claim runs or ends soon.

The rules of the term stand in ``legal_clock``; the lists go by ``claim_last_day``, which is empty once somebody answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Min, OuterRef, Q, QuerySet, Subquery, When

from invoices.models import ElectronicDocument, TitleEvent
from invoices.selectors import DUE_SOON, RUNNING, Filters, Term, matching_documents
from notifications import legal_clock
from notifications.calendars import business_day_after, business_days_between
from notifications.legal_clock import GOODS_RECEIPT, INVOICE, Clock, Facts, Phase
from notifications.moments import count, local

ACKNOWLEDGED, CASH = "030", "1"
# As ``TitleEvent.happened_at`` says it.
HAPPENED_AT = Case(When(signature=TitleEvent.Signature.INTACT, signed_at__isnull=False, then=F("signed_at")), default=F("issued_at"))


def running(today: date) -> Q:
    """Documents whose term to claim runs on a day in America/Bogota: nobody answered, and the last day has not passed."""
    return Q(claim_last_day__gte=today)


def due_soon(today: date) -> Q:
    """Those of them whose last day is this one or the next business day."""
    return running(today) & Q(claim_last_day__lte=business_day_after(today, 1))


# By their names in the address of the list of documents.
TERMS = {RUNNING: Term("Por vencer", running), DUE_SOON: Term("Vence hoy o el próximo día hábil", due_soon)}


def taken_away(filters: Filters) -> QuerySet[ElectronicDocument]:
    """The documents under the filters, each with ``receipt_at``: the signing of the first 032 that counts, or None; in no order."""
    receipts = TitleEvent.objects.filter(document=OuterRef("pk"), code=GOODS_RECEIPT).exclude(verdict__in=TitleEvent.SET_ASIDE)
    first = receipts.order_by().values("document").annotate(first=Min(HAPPENED_AT)).values("first")
    return matching_documents(filters).annotate(receipt_at=Subquery(first))


def day_zero(document: Any) -> date | None:
    """Of a document out of ``taken_away``: the day in America/Bogota from which the term counts."""
    return local(document.receipt_at).date() if document.receipt_at else None


def tacit_from(document: ElectronicDocument) -> date | None:
    """The first day for the tacit acceptance: the business day after the last one to claim."""
    return business_day_after(document.claim_last_day, 1) if document.claim_last_day else None


def left(last_day: date, today: date) -> str:
    """How much of a running term remains, in words: ``Faltan 2 días hábiles``, ``Vence hoy``."""
    days = business_days_between(today, last_day)
    return f"Falta{'n' if days > 1 else ''} {count(days, 'día hábil', 'días hábiles')}" if days else "Vence hoy"


@dataclass(frozen=True, slots=True)
class Panel:
    """
    The term of one document as its page tells it.

    ``look`` is tone, icon and whether it asks for an act; ``title`` says how it stands, ``lines`` explain it; ``steps`` are the days
    of the term with their names, where it has begun. ``on_demand`` is whether a sale that needs no events was counted all the same.
    """

    clock: Clock
    look: tuple[str, str, bool]
    title: str
    lines: tuple[str, ...]
    steps: tuple[tuple[date, str], ...] = ()
    on_demand: bool = False

    @property
    def countable(self) -> bool:
        """Whether it may still be asked for."""
        return self.clock.phase == Phase.CASH


def panel(document: ElectronicDocument, events: Iterable[TitleEvent], *, now: datetime, on_demand: bool = False) -> Panel | None:
    """
    What the page says of the term; None for a type that has none.

    :param events: of the document, all of them. :param on_demand: count for a cash sale too.
    """
    if document.type_code != INVOICE:
        return None
    counting = [event for event in events if event.counts]
    facts = Facts(document.type_code, document.payment_form, [(event.code, event.happened_at) for event in counting])
    today = local(now).date()
    clock = legal_clock.clock(facts, today=today, on_demand=on_demand)
    look, title = _said(clock, today)
    forced = on_demand and document.payment_form != legal_clock.ON_CREDIT
    return Panel(clock, look, title, _lines(clock, document, {event.code for event in counting}, today), _steps(clock), forced)


SAID = {
    Phase.CASH: (("mute", "info", False), "No requiere eventos"),
    Phase.NOT_STARTED: (("mute", "wait", False), "El plazo no ha empezado"),
    Phase.CLAIMED: (("bad", "user-x", True), "Reclamada"),
    Phase.ACCEPTED: (("ok", "user-ok", False), "Aceptada expresamente"),
    Phase.TACITLY_ACCEPTED: (("ok", "ok", False), "Aceptada tácitamente"),
}


def _said(clock: Clock, today: date) -> tuple[tuple[str, str, bool], str]:
    if clock.last_day and clock.phase == Phase.RUNNING:
        return running_look(clock.last_day, today), left(clock.last_day, today)
    if clock.last_day and clock.phase == Phase.OVER:
        return ("mute", "clock", False), f"Venció el {clock.last_day:%d/%m/%Y}"
    return SAID[clock.phase]


def running_look(last_day: date, today: date) -> tuple[str, str, bool]:
    """How a running term is marked: it asks for an act on its last two business days."""
    days = business_days_between(today, last_day)
    return (("bad", "clock", True), ("warn", "clock", True))[days] if days < 2 else ("info", "clock", False)


def _steps(clock: Clock) -> tuple[tuple[date, str], ...]:
    if not (clock.day_zero and clock.last_day and clock.tacit_from):
        return ()
    steps = (
        (clock.day_zero, "Día 0: recibo del bien o servicio (032)"),
        (clock.last_day, "Último día para reclamar (031) o aceptar (033)"),
        (clock.tacit_from, "Primer día para la aceptación tácita (034)"),
    )
    return steps if clock.phase in {Phase.RUNNING, Phase.OVER} else steps[:2]


def _lines(clock: Clock, document: ElectronicDocument, codes: set[str], today: date) -> tuple[str, ...]:
    if clock.phase == Phase.CASH:
        return ("Venta de contado: no requiere eventos.",) if document.payment_form == CASH else (UNSAID,)
    if clock.phase == Phase.NOT_STARTED:
        absent = "Faltan el acuse de recibo (030) y el recibo del bien o servicio (032)."
        return clock.missing, absent if ACKNOWLEDGED not in codes else "Falta el recibo del bien o servicio (032)."
    if clock.phase == Phase.RUNNING:
        return ("El comprador todavía puede reclamar.",)
    if clock.tacit_from and clock.phase == Phase.OVER:
        when = "Ya" if today >= clock.tacit_from else f"Desde el {clock.tacit_from:%d/%m/%Y}"
        return (f"Nadie reclamó ni aceptó. {when} puedes registrar la aceptación tácita (034).",)
    return ("Con esa respuesta el plazo ya no corre.",)


UNSAID = "La factura no dice su forma de pago. Si fue de contado, no requiere eventos."
