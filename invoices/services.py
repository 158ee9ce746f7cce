"""What is written about documents: one function per thing that can happen to one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from invoices import history
from invoices.customers import customer_of
from invoices.models import (
    Actor,
    Company,
    Customer,
    DocumentConflict,
    DocumentFile,
    DocumentRecipient,
    ElectronicDocument,
    RecipientEmail,
    SalesTransaction,
    StoredFile,
    TitleEvent,
)
from invoices.search import number_key
from invoices.ubl.container import Piece
from invoices.ubl.types import BuyerEvent, Document, Verdict

Event = history.Event
Dian = ElectronicDocument.Dian


class Outcome(StrEnum):
    """What became of one thing that came in."""

    NEW = "imported"
    ALREADY = "already there"
    CONFLICT = "conflict"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The document that a piece belongs to, and what became of the piece."""

    document: ElectronicDocument
    outcome: Outcome


def store_file(*, company_id: UUID, name: str, data: bytes, kind: StoredFile.Kind) -> StoredFile:
    """Keep the bytes once per company; the same bytes again give the same row."""
    sha256 = hashlib.sha256(data).hexdigest()
    known = StoredFile.objects.filter(sha256=sha256).first()
    if known:
        return known
    path = f"{company_id}/{sha256[:2]}/{sha256}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(data))
    file, _ = StoredFile.objects.get_or_create(
        company_id=company_id, sha256=sha256, defaults={"kind": kind, "name": name[:255], "size": len(data), "path": path}
    )
    return file


def record_document(*, company: Company, piece: Piece, file: StoredFile, by: Actor | None, at: datetime) -> Recorded:
    """
    Make the document that the piece holds, or complete the one that is there, or keep a conflict for a person.

    :param piece: its content is a ``Document``; a nested answer decides DIAN's verdict.
    """
    source = piece.content
    assert isinstance(source, Document)
    document, created = ElectronicDocument.objects.select_for_update(of=("self",)).get_or_create(
        company_id=company.pk, key=source.key, defaults=_columns(company, source)
    )
    if created:
        _record_recipients(document, source)
        history.append(document=document, event=Event.IMPORTED, at=at, by=by, data={"file": file.name, "sha256": file.sha256})
    elif document.content_sha256 != source.content_sha256:
        return _record_conflict(document, source, piece, file, at)
    added = _attach(document, piece, file)
    verdict_added = piece.verdict is not None and record_verdict(document=document, verdict=piece.verdict, at=at)
    if added and not created and not verdict_added:
        history.append(document=document, event=Event.COMPLETED, at=at, by=by, data={"file": file.name, "sha256": file.sha256})
    return Recorded(document, Outcome.NEW if created else Outcome.ALREADY)


def _columns(company: Company, source: Document) -> dict[str, Any]:
    customer, _ = customer_of(
        company=company,
        identification_type=source.customer.identification_type,
        identification=source.customer.identification,
        name=source.customer.name,
        printed_digit=source.customer.check_digit,
    )
    shared = {
        "customer": customer,
        "number": source.number,
        "issue_date": source.issue_date,
        "currency": source.currency,
        "total": source.total,
    }
    sale, _ = SalesTransaction.objects.get_or_create(
        company=company, type_code=source.type_code, number_key=number_key(source.number), defaults=shared
    )
    return shared | {
        "company": company,
        "sale": sale,
        "type_code": source.type_code,
        "number_key": number_key(source.number),
        "key_scheme": source.key_scheme,
        "content_sha256": source.content_sha256,
        "environment": source.environment,
        "issued_at": source.issued_at,
        "due_date": source.due_date,
        "payment_form": source.payment_form,
        "subtotal": source.subtotal,
        "taxes": source.taxes,
        "issuer_name": source.issuer.name,
        "issuer_trade_name": source.issuer.trade_name,
        "undeliverable_addresses": list(source.customer_emails.undeliverable),
    }


def _record_recipients(document: ElectronicDocument, source: Document) -> None:
    addresses = source.customer_emails.deliverable
    remember_recipients(document=document, sources=dict.fromkeys(addresses, RecipientEmail.Source.DOCUMENT))
    if not document.customer.is_final_consumer:
        for address in addresses:
            save_address(customer=document.customer, address=address, source=RecipientEmail.Source.DOCUMENT)


def remember_recipients(*, document: ElectronicDocument, sources: Mapping[str, str]) -> None:
    """Keep the addresses, in lower case and each with its first source, where the search box looks."""
    DocumentRecipient.objects.bulk_create(
        [
            DocumentRecipient(company_id=document.company_id, document=document, address_key=address, source=source)
            for address, source in sources.items()
        ],
        ignore_conflicts=True,
    )


def save_address(*, customer: Customer, address: str, source: RecipientEmail.Source) -> bool:
    """Keep an address for the customer; whether it was new. One that a person switched off stays off."""
    _, created = RecipientEmail.objects.get_or_create(
        company_id=customer.company_id, customer=customer, address_key=address.lower(), defaults={"address": address, "source": source}
    )
    return created


def _record_conflict(document: ElectronicDocument, source: Document, piece: Piece, file: StoredFile, at: datetime) -> Recorded:
    _, created = DocumentConflict.objects.get_or_create(
        company_id=document.company_id,
        document=document,
        content_sha256=source.content_sha256,
        defaults={"file": file, "member": piece.member},
    )
    if created:
        history.append(document=document, event=Event.CONFLICT, at=at, data={"file": file.name, "sha256": file.sha256})
    return Recorded(document, Outcome.CONFLICT)


def _attach(document: ElectronicDocument, piece: Piece, file: StoredFile) -> bool:
    """Remember where the document's parts lie; whether one of them is new to us."""
    added = _add_part(
        document, file, DocumentFile.Role.XML, piece.member, better=piece.in_container, in_container=piece.in_container, sole=piece.sole
    )
    if piece.pdf:
        DocumentFile.objects.filter(document=document, made=True).delete()
        added |= _add_part(document, file, DocumentFile.Role.PDF, piece.pdf, better=False)
    return _add_annexes(document, file, piece.annexes) or added


def _add_annexes(document: ElectronicDocument, file: StoredFile, members: Sequence[str]) -> bool:
    """The annexes of the first ZIP that brings any; whether they are new to us."""
    role = DocumentFile.Role.ANNEX
    if not members or DocumentFile.objects.filter(document=document, role=role).exists():
        return False
    rows = [DocumentFile(company_id=document.company_id, document=document, file=file, role=role, member=member) for member in members]
    DocumentFile.objects.bulk_create(rows)
    return True


def _add_part(document: ElectronicDocument, file: StoredFile, role: str, member: str, *, better: bool, **flags: bool) -> bool:
    """
    Add the part unless there is one of its role already.

    :param better: the part is a container: it joins a bare XML that came before it, once.
    """
    there = DocumentFile.objects.filter(document=document, role=role)
    if there.filter(in_container=True).exists() if better else there.exists():
        return False
    _, created = DocumentFile.objects.get_or_create(
        company_id=document.company_id, document=document, file=file, role=role, member=member, defaults=flags
    )
    return created


def record_verdict(
    *, document: ElectronicDocument, verdict: Verdict, at: datetime, file: StoredFile | None = None, member: str = ""
) -> bool:
    """
    Take DIAN's answer; whether it changed anything. An acceptance is not taken back by an answer that comes later.

    :param file: where the answer lies when it came apart from the document.
    """
    if document.accepted_by_dian or (document.dian_status == Dian.REJECTED and verdict.rejected):
        return False
    document.dian_status, event = _dian_status(verdict)
    document.dian_description = verdict.description[:500]
    document.dian_rules = [{"code": rule.code, "message": rule.message} for rule in verdict.rules]
    document.dian_validated_at, document.dian_key = verdict.validated_at, verdict.key
    document.dian_result_code = verdict.result_code[:10]
    document.save()
    if file:
        _add_part(document, file, DocumentFile.Role.RESPONSE, member, better=False)
    history.append(document=document, event=event, at=at, by="DIAN", occurred_at=verdict.validated_at, data={"rules": document.dian_rules})
    return True


def _dian_status(verdict: Verdict) -> tuple[ElectronicDocument.Dian, history.Event]:
    if verdict.rejected:
        return Dian.REJECTED, Event.DIAN_REJECTED
    if verdict.accepted_with_notices:
        return Dian.ACCEPTED_WITH_NOTICES, Event.DIAN_NOTICES
    return Dian.ACCEPTED, Event.DIAN_ACCEPTED


def record_event(
    *, document: ElectronicDocument, event: BuyerEvent, proofs: Mapping[str, Any], file: StoredFile, member: str, at: datetime
) -> TitleEvent | None:
    """
    Keep an event (030 to 034) as it came, with what proves it; nothing when it was there.

    A copy with a better standing takes the place of the one that was there: else whoever is first with an altered copy keeps the true
    one out. Its rules are judged elsewhere, and only then has the history something to tell.

    :param proofs: columns of the row: of its signature, of DIAN's answer, and whether it was mailed.
    """
    identity = {"company_id": document.company_id, "document": document, "code": event.code, "key": event.key}
    found = {
        "name": event.name[:200],
        "number": event.number[:60],
        "issued_at": event.issued_at,
        "sender_name": event.sender.name[:450],
        "sender_identification": event.sender.identification[:40],
        "claim_code": event.claim_code,
        "notes": list(event.notes),
        "file": file,
        "member": member,
        "created_at": at,
        **proofs,
    }
    row, created = TitleEvent.objects.get_or_create(**identity, defaults=found)
    if created:
        return row
    copy = TitleEvent(pk=row.pk, **identity, **found)
    if copy.standing >= row.standing:
        return None
    copy.save(force_update=True)
    return copy


def record_title_value(*, document: ElectronicDocument, status: str, claim_last_day: date | None) -> None:
    """Keep what the events of the document amount to, which ``notifications`` judges, where the lists read it."""
    document.title_status, document.claim_last_day = status, claim_last_day
    document.save(update_fields=["title_status", "claim_last_day"])


def record_delivery(*, document: ElectronicDocument, status: str, reached: int, total: int, auto_confirm_at: datetime | None) -> None:
    """Keep the roll-up of the deliveries, which ``notifications`` computes, where the list reads it."""
    document.delivery_status = status
    document.deliveries_reached, document.deliveries_total = reached, total
    document.auto_confirm_at = auto_confirm_at
    document.save(update_fields=["delivery_status", "deliveries_reached", "deliveries_total", "auto_confirm_at"])


def lock_document(document_id: UUID) -> ElectronicDocument:
    """The document, locked until the transaction ends: whatever settles on it does so one after the other."""
    return ElectronicDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
