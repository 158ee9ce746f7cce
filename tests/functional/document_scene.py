"""What the browser tests look at: one company with a document in which much happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from invoices import history
from invoices.models import Company, DocumentConflict, ElectronicDocument, ReceptionDirectory, TitleEvent, User
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import acknowledgements, services, summaries
from notifications.models import Attempt, Delivery
from tests import factories

NIT = "909482675"
Event = history.Event


@dataclass(frozen=True, slots=True)
class Scene:
    """Who looks, for which company, at which documents."""

    company: Company
    accountant: User
    busy: ElectronicDocument
    old: ElectronicDocument


def play(now: datetime) -> Scene:
    """Two months of one document, and one whose movements lie before the window."""
    company = factories.company(nit=NIT, name="Ferretería El Roble S.A.S.")
    accountant = factories.member(company, email="m.rios@example.com", name="Marcela Ríos")
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="907715386", name="Constructora Piedra Alta S.A.S.")
        busy = _busy(company, accountant, buyer=buyer, at=now - timedelta(days=2))
        old = factories.document(company, number="FER-11208", customer=buyer, at=now - timedelta(days=120))
    return Scene(company, accountant, busy, old)


def _busy(company: Company, by: User, *, buyer: object, at: datetime) -> ElectronicDocument:
    document = factories.document(
        company,
        number="FER-12790",
        customer=buyer,
        at=at,
        addresses=("recepcionfe.piedraalta@example.com", "facturas.piedraalta@example.net"),
        dian_status="accepted_with_notices",
        undeliverable_addresses=["jlópez@piedraalta.example.com"],
    )
    rules = [{"code": "FAJ43b", "message": "Nombre informado no corresponde al registrado en el RUT."}]
    history.append(document=document, event=Event.DIAN_NOTICES, at=at, by="DIAN", data={"rules": rules})
    services.notify(document=document, now=at + timedelta(minutes=1), by=by)
    bounce = settled(document, "facturas.piedraalta@example.net", "bounced", at + timedelta(minutes=3))
    settled(document, "recepcionfe.piedraalta@example.com", "sent", at + timedelta(minutes=2))
    target = services.Target("cartera.piedraalta@example.com", save=True)
    services.resend(document=document, targets=[target], note="El cliente pidió copia para cartera.", by=by, now=at + timedelta(days=1))
    sent = settled(document, "cartera.piedraalta@example.com", "sent", at + timedelta(days=1, minutes=1))
    acknowledgements.confirm(
        delivery=sent, name="Paola Andrea Gil", message="Recibida. Queda para pago el 15 de abril.", now=at + timedelta(days=1, hours=2)
    )
    _surroundings(document, bounce, at)
    summaries.refresh(document=lock_document(document.pk), now=at + timedelta(days=1, hours=2))
    return ElectronicDocument.objects.get(pk=document.pk)


def settled(document: ElectronicDocument, address: str, state: str, at: datetime) -> Delivery:
    """What the outbox would have written after one try."""
    delivery = Delivery.objects.get(document=document, address=address, replaced_by=None)
    refused = state == "bounced"
    reply = "5.1.1 User unknown" if refused else "2.0.0 Ok: queued as 8C41F2A0"
    delivery.state, delivery.queue, delivery.settled_at, delivery.attempts = state, "done", at, 1
    delivery.sent_at, delivery.reason = (None, "no_mailbox") if refused else (at, "")
    delivery.save()
    facts = {"reply": reply, "host": "mx2.example.net", "tls": "TLSv1.3"}
    outcome, code = ("perm", 550) if refused else ("accepted", 250)
    Attempt.objects.create(
        company=document.company, delivery=delivery, number=1, outcome=outcome, code=code, started_at=at, finished_at=at, **facts
    )
    reason = {"reason": "no_mailbox"} if refused else {}
    history.append(document=document, event=Event(state), at=at, address=address, data={**facts, "reply": f"{code} {reply}", **reason})
    return delivery


def _surroundings(document: ElectronicDocument, bounce: Delivery, at: datetime) -> None:
    file = document.files.get().file
    ReceptionDirectory.objects.create(
        nit=document.customer.identification, address_key="recepcion.piedraalta@example.net", first_seen=at.date(), last_seen=at.date()
    )
    DocumentConflict.objects.create(company=document.company, document=document, file=file, content_sha256="0" * 64)
    event = {"code": "030", "name": "Acuse de recibo de la factura electrónica de venta"}
    TitleEvent.objects.create(
        company=document.company,
        document=document,
        key="1" * 96,
        issued_at=at + timedelta(days=1),
        sender_name="Constructora Piedra Alta S.A.S.",
        sender_identification="907715386",
        file=file,
        **event,
    )
    history.append(document=document, event=Event.TITLE_EVENT, at=at + timedelta(days=1), by="Constructora Piedra Alta S.A.S.", data=event)
