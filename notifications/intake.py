"""
What comes in: files → documents, answers and events, one company scope per piece, so that one bad file undoes nothing else.

Documents go first, answers and events after; one without its document waits and is tried again at each import.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Literal
from uuid import UUID

from invoices.models import Actor, Company, ElectronicDocument, StoredFile, WaitingResponse
from invoices.scope import company_scope
from invoices.services import Outcome, lock_document, record_document, record_verdict, store_file
from invoices.ubl.container import Piece, Upload, read_member, read_upload
from invoices.ubl.types import BuyerEvent, Document, Party, Verdict
from notifications import first_notices, mail_bounds, services, title_values

logger = logging.getLogger(__name__)
Notify = Literal["auto", "yes", "no"]
DIAN_NIT = "800197268"
REASONS = {
    Outcome.ALREADY: "Ya estaba.",
    Outcome.CONFLICT: "Ya hay un documento con esta clave y otro contenido: no se cambió nada; revísalo en el documento.",
    Outcome.WAITING: "Su documento aún no ha llegado: se guarda y se vuelve a intentar en cada carga.",
}
EVENTS_ONLY = "Por correo solo entran eventos del cliente (030 a 034): los documentos y las respuestas de la DIAN se cargan."


@dataclass(frozen=True, slots=True)
class Line:
    """
    What became of one thing that came in.

    :param reason: for the user, in Spanish. :param ours: refused for an error of ours. :param response: the answer or event, once it
        has its document.
    """

    name: str
    outcome: Outcome
    reason: str = ""
    document: ElectronicDocument | None = None
    company: Company | None = None
    ours: bool = False
    response: Verdict | BuyerEvent | None = None


@dataclass(slots=True)
class Intake:
    """One import: the companies it may write to (by NIT), who asked for it, and whom to tell."""

    companies: dict[str, Company]
    by: Actor | None
    notify: Notify
    now: datetime
    create_companies: bool = False
    events_only: bool = False
    kept: dict[UUID, set[UUID]] = field(default_factory=dict)

    def company_of(self, party: Party) -> Company | None:
        """The company that issued, among those allowed; made when that was asked for."""
        company = self.companies.get(party.identification)
        if company is None and self.create_companies:
            company, _ = Company.objects.get_or_create(
                nit=party.identification, defaults={"name": party.name, "trade_name": party.trade_name}
            )
            self.companies[company.nit] = company
        return company


Taker = Callable[[Intake, Upload, Piece], Line | None]


def receive(
    files: Iterable[tuple[str, bytes]],
    *,
    companies: Mapping[str, Company],
    by: Actor | None,
    notify: Notify,
    now: datetime,
    create_companies: bool = False,
    events_only: bool = False,
) -> Iterator[Line]:
    """
    Take files in, lazily: a line per document, answer, event or refusal, in the order in which they are dealt with.

    :param files: name and contents; each is read once.
    :param companies: by NIT without check digit; what others issued is refused.
    :param notify: ``auto`` tells the buyers of documents issued in the last five days, ``yes`` all, ``no`` nobody.
    :param events_only: nobody knows who sent the files: only buyers' events that name a company are taken, and nothing that waited is
        settled with them; here an event that could not be settled is raised, so that whoever holds the mail tries it again.
    """
    intake = Intake(dict(companies), by, notify, now, create_companies, events_only)
    for name, data in files:
        upload = read_upload(name, data)
        for refusal in upload.refusals:
            yield Line(refusal.name, Outcome.REFUSED, refusal.sentence)
        for piece in upload.pieces:
            line = _guarded(_taker(intake, piece), intake, upload, piece)
            if line:
                yield line
    yield from _settle_waiting(intake)


def _taker(intake: Intake, piece: Piece) -> Taker:
    if intake.events_only and not isinstance(piece.content, BuyerEvent):
        return _refuse
    return _take_document if isinstance(piece.content, Document) else _keep_response


def _refuse(intake: Intake, _: Upload, piece: Piece) -> Line:
    """What is no event, where only events may come in."""
    source = piece.content
    stranger = isinstance(source, Document) and intake.company_of(source.issuer) is None
    return Line(piece.name, Outcome.REFUSED, _not_ours(intake, source) if isinstance(source, Document) and stranger else EVENTS_ONLY)


def _guarded(take: Taker, intake: Intake, upload: Upload, piece: Piece) -> Line | None:
    """An error of ours refuses one piece, with a trace in the log, and the rest goes on."""
    try:
        return take(intake, upload, piece)
    except Exception:
        logger.exception("could not take in %s of %s", piece.name, upload.name)
        return Line(
            piece.name, Outcome.REFUSED, "No se pudo guardar por un error nuestro; quedó registrado. Inténtalo de nuevo.", ours=True
        )


def _take_document(intake: Intake, upload: Upload, piece: Piece) -> Line:
    source = piece.content
    assert isinstance(source, Document)
    company = intake.company_of(source.issuer)
    if company is None:
        return Line(piece.name, Outcome.REFUSED, _not_ours(intake, source))
    with company_scope(company.pk):
        file = store_file(company_id=company.pk, name=upload.name, data=upload.data, kind=StoredFile.Kind.RECEIVED)
        recorded = record_document(company=company, piece=piece, file=file, by=intake.by, at=intake.now)
        if recorded.outcome != Outcome.CONFLICT:
            _notify(intake, recorded.document)
        return Line(piece.name, recorded.outcome, REASONS.get(recorded.outcome, ""), recorded.document, company)


def _not_ours(intake: Intake, source: Document) -> str:
    buyer = intake.companies.get(source.customer.identification)
    if buyer:
        return f"No es un documento de venta: {buyer.name} es el comprador."
    return f"Lo expidió {source.issuer.name} (NIT {source.issuer.identification}), que no es una de tus empresas."


def _notify(intake: Intake, document: ElectronicDocument) -> None:
    if intake.notify == "yes" or (intake.notify == "auto" and services.is_recent(document, intake.now)):
        first_notices.send(document=document, now=intake.now, by=intake.by)


def _keep_response(intake: Intake, upload: Upload, piece: Piece) -> Line | None:
    """Keep an answer or an event until the documents of the batch are in; it gets its line when it is settled."""
    response = piece.content
    assert not isinstance(response, Document)
    company = _company_of_response(intake, response)
    if company is None:
        return Line(piece.name, Outcome.REFUSED, "Es una respuesta sobre un documento que no es de ninguna de tus empresas.")
    with company_scope(company.pk):
        file = store_file(company_id=company.pk, name=upload.name, data=upload.data, kind=StoredFile.Kind.RECEIVED)
        waiting = _waiting(company, response.document_key, file, piece.member, mailed=intake.events_only)
        if intake.events_only and not waiting.mailed:
            return Line(piece.name, Outcome.ALREADY, REASONS[Outcome.ALREADY])
        intake.kept.setdefault(company.pk, set()).add(waiting.pk)
    return None


def _waiting(company: Company, key: str, file: StoredFile, member: str, *, mailed: bool) -> WaitingResponse:
    """The row in which it waits, locked: what a person brings is no longer ``mailed``, and no mail makes it so again."""
    rows = WaitingResponse.objects.select_for_update(of=("self",))
    row, _ = rows.get_or_create(company=company, document_key=key, file=file, member=member, defaults={"mailed": mailed})
    if row.mailed and not mailed:
        row.mailed = False
        row.save(update_fields=["mailed"])
    return row


def _company_of_response(intake: Intake, response: Verdict | BuyerEvent) -> Company | None:
    """The company whose document it speaks of: the receiver, or the sender of a 034, or the only one there is."""
    for party in (response.receiver, response.sender):
        if party.identification in intake.companies:
            return intake.companies[party.identification]
    if len(intake.companies) == 1 and not (intake.create_companies or intake.events_only):
        return next(iter(intake.companies.values()))
    return None if response.receiver.identification == DIAN_NIT else intake.company_of(response.receiver)


def _settle_waiting(intake: Intake) -> Iterator[Line]:
    """Try every waiting answer of the companies: those of this batch get a line in any case, older ones when they found their document."""
    for company in list(intake.companies.values()):
        with company_scope(company.pk):
            kept = intake.kept.get(company.pk, set())
            known = WaitingResponse.objects.filter(**_known_documents(company)).order_by("file_id", "pk")
            rows = list((known.filter(pk__in=kept) if intake.events_only else known).values_list("file_id", "pk"))
            settled = {row for _, row in rows}
            orphans = list(WaitingResponse.objects.filter(pk__in=kept - settled).select_related("file").order_by("pk"))
        for file_id, of_file in groupby(rows, key=itemgetter(0)):
            yield from _settle_file(intake, company, file_id, [row for _, row in of_file])
        for orphan in orphans:
            yield Line(orphan.member or orphan.file.name, Outcome.WAITING, REASONS[Outcome.WAITING], None, company)


def _known_documents(company: Company) -> dict[str, object]:
    return {"document_key__in": ElectronicDocument.objects.filter(company=company).values("key")}


def _settle_file(intake: Intake, company: Company, file_id: UUID, rows: Sequence[UUID]) -> Iterator[Line]:
    """The waiting answers of one file, each in its own transaction; the file is read once for all of them."""
    upload: Upload | None = None
    for row in rows:
        lines: list[Line] = []
        with _guarded_settling(intake, company, row):
            upload = upload or _read_again(file_id)
            lines = _settle(intake, company, row, upload)
        yield from lines


@contextmanager
def _guarded_settling(intake: Intake, company: Company, waiting_id: UUID) -> Iterator[None]:
    try:
        with company_scope(company.pk):
            yield
    except Exception:
        logger.exception("could not settle the waiting answer %s", waiting_id)
        if intake.events_only:
            raise


def _read_again(file_id: UUID) -> Upload:
    file = StoredFile.objects.get(pk=file_id)
    return read_upload(file.name, file.read())


def _settle(intake: Intake, company: Company, waiting_id: UUID, upload: Upload) -> list[Line]:
    """Give one waiting answer to its document; a line for each thing that the answer holds about it."""
    waiting = WaitingResponse.objects.select_for_update(of=("self",)).select_related("file").filter(pk=waiting_id).first()
    if waiting is None or (intake.events_only and not waiting.mailed):
        return []  # another import was faster, or now a person brought it too: theirs takes all that it holds
    document = lock_document(ElectronicDocument.objects.get(key=waiting.document_key).pk)
    lines = []
    wanted = (BuyerEvent,) if waiting.mailed else (BuyerEvent, Verdict)
    for piece in upload.pieces:
        response = piece.content
        if piece.member == waiting.member and isinstance(response, wanted) and response.document_key == waiting.document_key:
            outcome, reason = _record_bounded(intake, document, piece, waiting, upload)
            lines.append(Line(piece.name, outcome, reason or REASONS.get(outcome, ""), document, company, response=response))
    waiting.delete()
    _notify(intake, document)
    return lines


def _record_bounded(
    intake: Intake, document: ElectronicDocument, piece: Piece, waiting: WaitingResponse, upload: Upload
) -> tuple[Outcome, str]:
    try:
        with mail_bounds.within(document):
            return _record_response(intake, document, piece, waiting, upload)
    except mail_bounds.Crowded as exc:
        return Outcome.REFUSED, str(exc)


def _record_response(
    intake: Intake, document: ElectronicDocument, piece: Piece, waiting: WaitingResponse, upload: Upload
) -> tuple[Outcome, str]:
    """What became of it, and why where an event does not count."""
    response, now = piece.content, intake.now
    if isinstance(response, Verdict):
        new = record_verdict(document=document, verdict=response, at=now, file=waiting.file, member=waiting.member)
        return Outcome.NEW if new else Outcome.ALREADY, ""
    assert isinstance(response, BuyerEvent)
    copy = title_values.Copy(response, piece.verdict, read_member(upload.data, waiting.member), mailed=waiting.mailed)
    event = title_values.record(document=document, copy=copy, file=waiting.file, member=waiting.member, now=now)
    if event is None:
        return Outcome.ALREADY, ""
    if waiting.mailed:
        mail_bounds.check(event)
    return Outcome.NEW, "" if event.counts else f"{event.get_verdict_display()}: {event.sentence}"
