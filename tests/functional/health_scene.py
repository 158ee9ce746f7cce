"""One document with an address in each state, and with each thing that a state does not say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from invoices import customers, history
from invoices.models import Company, ElectronicDocument, ReceptionDirectory, RecipientEmail, User
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import acknowledgements, facts, problems, refold, services, summaries, suppressions
from notifications.facts import NewFact
from notifications.lives import ReportKind as K
from notifications.models import Attempt, Delivery
from tests import factories

NIT = "909482675"
NOBODY = "facturas.piedraalta@example.net"
LISTED = "recepcion.piedraalta@example.net"
MISTYPED = "contabilidad.piedraalta@gmial.com"
BOUNCE = "550 5.1.1 <facturas.piedraalta@example.net>: Recipient address rejected: User unknown"
# Address → what came in about its message, in the order in which it did.
TOLD: dict[str, list[tuple[K, dict[str, Any]]]] = {
    NOBODY: [(K.DELIVERED, {}), (K.BOUNCED, {"provider": "dsn", "channel": "", "reason": "no_mailbox", "status": "5.1.1", "text": BOUNCE})],
    MISTYPED: [(K.BOUNCED, {"reason": "bad_domain", "status": "5.1.2", "text": "550 5.1.2 The domain does not accept mail"})],
    "tesoreria.piedraalta@example.com": [(K.SOFT_BOUNCED, {"reason": "mailbox_full", "text": "552 5.2.2 Over quota"})],
    "auditoria.piedraalta@example.com": [(K.REJECTED, {"reason": "auth", "text": "550 5.7.26 Unauthenticated email is not accepted"})],
    "archivo.piedraalta@example.com": [(K.REJECTED, {"reason": "too_large", "text": "552 5.3.4 Message size exceeds fixed limit"})],
    "obra.piedraalta@example.com": [
        (K.BOUNCED, {"reason": "no_mailbox", "text": "550 5.1.1"}),
        (K.REPLIED, {"provider": "mail", "channel": ""}),
    ],
    "recepcionfe.piedraalta@example.com": [
        (K.DELIVERED, {"text": "250 2.0.0 Ok: queued", "host": "mx2.example.com"}),
        (K.OPENED, {"human": True}),
    ],
    "gerencia.piedraalta@example.com": [(K.DELIVERED, {}), (K.OPENED, {"human": False, "judged": ("precarga de Apple",)})],
    "compras.piedraalta@example.com": [(K.COMPLAINED, {})],
    "vacaciones.piedraalta@example.com": [(K.AUTORESPONDED, {"provider": "mail", "channel": "", "text": "Estoy de vacaciones."})],
    "bodega.piedraalta@example.com": [(K.RELAYED, {"provider": "dsn", "channel": "", "status": "2.0.0"})],
    "sede2.piedraalta@example.com": [(K.SILENCE, {"provider": "clock", "channel": "", "event_id": "silence"})],
    "sede3.piedraalta@example.com": [(K.DEFERRED, {"text": "451 4.7.0 Try again later"})],
    "cartera.piedraalta@example.com": [(K.DELIVERED, {})],
    "sede4.piedraalta@example.com": [],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who looks, for which company, at which document."""

    company: Company
    accountant: User
    document: ElectronicDocument


def play(now: datetime) -> Scene:
    """Sent yesterday to all of them; most of it became known since."""
    company = factories.company(nit=NIT, name="Ferretería El Roble S.A.S.")
    accountant = factories.member(company, email="m.rios@example.com", name="Marcela Ríos")
    at = now - timedelta(hours=20)
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="907715386", name="Constructora Piedra Alta S.A.S.")
        off = "lmontoya.piedraalta@example.com"
        for address in (NOBODY, MISTYPED, "recepcionfe.piedraalta@example.com", "compras.piedraalta@example.com", off):
            factories.email(buyer, address, source="document")
        customers.switch_off(email=RecipientEmail.objects.get(address_key=off), reason="Ya no trabaja allí", by=accountant, at=at)
        document = factories.document(
            company,
            number="FER-12790",
            customer=buyer,
            at=at - timedelta(minutes=5),
            addresses=(*TOLD, off),
            total=Decimal("38940120"),
        )
        history.append(document=document, event=history.Event.DIAN_ACCEPTED, at=at - timedelta(minutes=4), by="DIAN")
        services.notify(document=document, now=at, by=accountant)
        for place, address in enumerate(TOLD):
            _sent(document, address, at + timedelta(seconds=30 + place))
            for step, (kind, more) in enumerate(TOLD[address]):
                _tell(document, address, kind, at + timedelta(minutes=2 + place + 40 * step), more)
        _afterwards(document, accountant, at)
        ReceptionDirectory.objects.create(nit="907715386", address_key=LISTED, first_seen=at.date(), last_seen=at.date())
        suppressions.suppress(company=company, address="viejo@example.com", reason="El cliente pidió no usarlo más", by=accountant, at=at)
        summaries.refresh(document=lock_document(document.pk), now=now)
    return Scene(company, accountant, ElectronicDocument.across.get(pk=document.pk))


def _sent(document: ElectronicDocument, address: str, at: datetime) -> None:
    """Our relay took it."""
    delivery = Delivery.objects.get(document=document, address=address)
    Attempt.objects.create(
        company=document.company,
        delivery=delivery,
        number=1,
        outcome="accepted",
        phase="dot",
        code=250,
        reply="2.0.0 Ok: queued as 8C41F2A0",
        host="smtp.example.net",
        tls="TLSv1.3",
        provider_id=f"8C41F2A0-{delivery.token[-4:]}",
        sha256="3f" * 32,
        started_at=at,
        finished_at=at,
    )
    columns = refold.columns(refold.folded(delivery, "done"))
    Delivery.objects.filter(pk=delivery.pk).update(queue="done", sent_at=at, settled_at=at, attempts=1, **columns)
    data = {"reply": "250 2.0.0 Ok: queued as 8C41F2A0", "host": "smtp.example.net", "tls": "TLSv1.3"}
    history.append(document=document, event=history.Event.SENT, at=at, address=address, data=data)


def _tell(document: ElectronicDocument, address: str, kind: K, at: datetime, more: dict[str, Any]) -> None:
    delivery = Delivery.objects.get(document=document, address=address)
    given: dict[str, Any] = {"provider": "postmark", "channel": delivery.channel, "token": delivery.token, "message_id": "pm-74c1"}
    facts.record(NewFact(**(given | {"kind": kind, "occurred_at": at} | more)), inbound=None, now=at + timedelta(minutes=3))


def _afterwards(document: ElectronicDocument, by: User, at: datetime) -> None:
    """One confirms, one is reviewed, one may arrive twice."""
    confirmed = Delivery.objects.get(document=document, address="cartera.piedraalta@example.com")
    acknowledgements.confirm(delivery=confirmed, name="Paola Gil", message="Recibida.", now=at + timedelta(hours=3))
    reviewed = Delivery.objects.get(document=document, address="archivo.piedraalta@example.com")
    problems.review(delivery_id=reviewed.pk, note="Lo recibió en una memoria", by=by, now=at + timedelta(hours=4))
    Delivery.objects.filter(document=document, address="sede4.piedraalta@example.com").update(uncertain=True)
