"""
What the events 030 to 034 of a document amount to: each is judged among all the others, whenever one comes.

The rules stand in ``invoices.title_events``, the term in ``legal_clock``; here they meet the rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from invoices import history
from invoices.models import ElectronicDocument, StoredFile, TitleEvent
from invoices.services import record_event, record_title_value
from invoices.title_events import CLAIM, EXPRESS, RECEIPT, TACIT, Document, Event, Judged, judge_all, receipt_of, summary
from invoices.ubl.signatures import check_piece
from invoices.ubl.types import BuyerEvent
from notifications.legal_clock import Facts, Phase, clock
from notifications.moments import local

ENDS = frozenset({CLAIM, EXPRESS, TACIT})
OPEN = frozenset({Phase.RUNNING, Phase.OVER})


def record(
    *, document: ElectronicDocument, event: BuyerEvent, xml: bytes, file: StoredFile, member: str, now: datetime
) -> TitleEvent | None:
    """
    Keep an event, check its signature, judge it with all the others and write it into the history; nothing when it was there.

    :param document: locked. :param xml: the file that the event was read from: its own, or a container's.
    """
    signature = check_piece(xml, key=event.key)
    kept = record_event(document=document, event=event, signature=signature, file=file, member=member)
    if kept is None:
        return None
    row = next(row for row in refresh(document=document, now=now) if row.pk == kept.pk)
    history.append(
        document=document,
        event=history.Event.TITLE_EVENT,
        at=now,
        by=row.sender_name[:254],
        occurred_at=row.issued_at,
        data={"code": row.code, "name": row.name, "claim_code": row.claim_code, "verdict": row.verdict, "why": row.sentence},
    )
    return row


def refresh(*, document: ElectronicDocument, now: datetime) -> list[TitleEvent]:
    """
    Judge all events of a document again, and keep what they amount to on them and on the document; the order of arrival is no matter.

    :param document: locked. :returns: its events, in the order in which they came.
    """
    rows = list(document.title_events.order_by("pk"))
    found = judged(document, rows)
    by_identity = {(each.event.code, each.event.key): each for each in found}
    changed = [row for row in rows if _take(row, by_identity[row.code, row.key])]
    TitleEvent.objects.bulk_update(changed, ["verdict", "rule", "sentence"])
    counting = [(each.event.code, each.event.signed_at) for each in found if each.counts]
    term = clock(Facts(document.type_code, document.payment_form, counting), today=local(now).date())
    last_day = term.last_day if term.phase in OPEN else None
    record_title_value(document=document, status=summary(found)[0], claim_last_day=last_day)
    return rows


def words(document: ElectronicDocument, rows: Sequence[TitleEvent]) -> str:
    """What the events amount to, for the document's page: ``Reclamo: mercancía no entregada``, ``Aceptación expresa · Título Valor``."""
    return summary(judged(document, rows))[1]


def judged(document: ElectronicDocument, rows: Sequence[TitleEvent]) -> list[Judged]:
    """
    The events of a document as the rules see them together.

    First which 032 counts, which does not depend on the term; then, with the term that begins there, all of them.
    """
    about = Document(document.key, document.type_code, document.company.nit, document.customer.identification)
    events = [_event(document, row) for row in rows]
    last_day = _last_day(document, receipt_of(judge_all(events, document=about)))
    if last_day:
        events = [replace(event, term_over=event.day > last_day) if event.code in ENDS else event for event in events]
    return judge_all(events, document=about)


def _event(document: ElectronicDocument, row: TitleEvent) -> Event:
    return Event(row.code, row.key, document.key, row.sender_identification, row.happened_at, row.claim_code)


def _last_day(document: ElectronicDocument, receipt: datetime | None) -> date | None:
    """To claim; for a cash sale too: whoever sends its events is told whether they are late."""
    if receipt is None:
        return None
    facts = Facts(document.type_code, document.payment_form, [(RECEIPT, receipt)])
    return clock(facts, today=local(receipt).date(), on_demand=True).last_day


def _take(row: TitleEvent, found: Judged) -> bool:
    """Write the verdict on the row; whether it is another than before."""
    verdict = (str(found.verdict), found.code, found.sentence)
    if (row.verdict, row.rule, row.sentence) == verdict:
        return False
    row.verdict, row.rule, row.sentence = verdict
    return True
