"""
What the events 030 to 034 of a document amount to: each is judged among all the others, whenever one comes.

The rules stand in ``invoices.title_events``, the term in ``legal_clock``; here they meet the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from invoices import history
from invoices.models import ElectronicDocument, StoredFile, TitleEvent
from invoices.services import record_event, record_title_value
from invoices.title_events import CLAIM, EXPRESS, RECEIPT, TACIT, Document, Event, Judged, judge_all, receipt_of, summary
from invoices.title_proofs import signed_by
from invoices.ubl.container import read_member, read_upload
from invoices.ubl.responses import DIAN_NIT
from invoices.ubl.signatures import check_piece
from invoices.ubl.types import BuyerEvent, Verdict
from notifications.legal_clock import Facts, Phase, clock
from notifications.moments import local

ENDS = frozenset({CLAIM, EXPRESS, TACIT})
Answer = TitleEvent.DianAnswer
OPEN = frozenset({Phase.RUNNING, Phase.OVER})


@dataclass(frozen=True, slots=True)
class Copy:
    """
    An event as one file brought it.

    :param answer: DIAN's about the event itself, out of the same container. :param xml: the file that it was read from: its own, or a
        container's. :param mailed: anybody may have sent it.
    """

    event: BuyerEvent
    answer: Verdict | None
    xml: bytes
    mailed: bool = False

    def proofs(self) -> dict[str, Any]:
        """What proves it, as columns of its row."""
        signature = check_piece(self.xml, key=self.event.key)
        found = {"signature": signature.status, "signer": signature.signer, "signature_why": signature.why, "mailed": self.mailed}
        return found | {"signed_at": signature.signed_at} | (self._of_dian(self.answer) if self.answer else {})

    def _of_dian(self, answer: Verdict) -> dict[str, Any]:
        status = Answer.ACCEPTED_WITH_NOTICES if answer.accepted_with_notices else Answer.ACCEPTED
        signature = check_piece(self.xml, key=answer.key)
        foreign = signature.status == "intact" and not signed_by(signature.signer, DIAN_NIT)
        proves = TitleEvent.Signature.UNVERIFIABLE if foreign else signature.status
        return {"dian_status": status, "dian_validated_at": answer.validated_at, "dian_signature": proves}


def record(*, document: ElectronicDocument, copy: Copy, file: StoredFile, member: str, now: datetime) -> TitleEvent | None:
    """
    Keep an event, judge it with all the others and write it into the history; nothing when it was there and nothing is new about it.

    :param document: locked.
    """
    event = copy.event
    known = document.title_events.filter(code=event.code, key=event.key).first()
    kept = record_event(document=document, event=event, proofs=copy.proofs(), file=file, member=member, at=now)
    if kept is None:
        return None
    row = next(row for row in refresh(document=document, now=now) if row.pk == kept.pk)
    if known and (known.happened_at, _told(known)) == (row.happened_at, _told(row)):
        return None
    history.append(document=document, event=history.Event.TITLE_EVENT, at=now, occurred_at=row.issued_at, **_told(row))
    return row


def _told(row: TitleEvent) -> dict[str, Any]:
    """What the history says of it."""
    data = {"code": row.code, "name": row.name, "claim_code": row.claim_code, "verdict": row.verdict, "why": row.sentence}
    return {"by": row.sender_name[:254], "data": data}


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


def recount(*, document: ElectronicDocument, now: datetime) -> None:
    """
    ``refresh``, after what came before signatures were checked was read again out of its file.

    :param document: locked.
    """
    for row in document.title_events.filter(signature="").select_related("file"):
        for copy in _copies(row)[:1]:
            TitleEvent.objects.filter(pk=row.pk).update(**copy.proofs())
    refresh(document=document, now=now)


def _copies(row: TitleEvent) -> list[Copy]:
    """The event again, where its file still gives it."""
    upload = read_upload(row.file.name, row.file.read())
    pieces = [(piece.content, piece) for piece in upload.pieces if piece.member == row.member]
    return [
        Copy(event, piece.verdict, read_member(upload.data, row.member), mailed=row.mailed)
        for event, piece in pieces
        if isinstance(event, BuyerEvent) and (event.code, event.key) == (row.code, row.key)
    ]


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
    tacit_from = _tacit_from(document, receipt_of(judge_all(events, document=about)))
    if tacit_from:
        events = [replace(event, term_over=event.day >= tacit_from) if event.code in ENDS else event for event in events]
    return judge_all(events, document=about)


def _event(document: ElectronicDocument, row: TitleEvent) -> Event:
    return Event(
        row.code,
        row.key,
        document.key,
        row.sender_identification,
        row.happened_at,
        row.claim_code,
        proof=row.proof,
        mailed=row.mailed,
        arrived_at=row.created_at,
    )


def _tacit_from(document: ElectronicDocument, receipt: datetime | None) -> date | None:
    """
    The first day on which the term to claim is over, for a cash sale too: whoever sends its events is told whether they are late.

    Days are compared as business days, as DIAN does: one that is none, after the last day to claim, is as good as that day.
    """
    if receipt is None:
        return None
    facts = Facts(document.type_code, document.payment_form, [(RECEIPT, receipt)])
    return clock(facts, today=local(receipt).date(), on_demand=True).tacit_from


def _take(row: TitleEvent, found: Judged) -> bool:
    """Write the verdict on the row; whether it is another than before."""
    verdict = (str(found.verdict), found.code, found.sentence)
    if (row.verdict, row.rule, row.sentence) == verdict:
        return False
    row.verdict, row.rule, row.sentence = verdict
    return True
