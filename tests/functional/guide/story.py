"""What the pictures of the guide show: two companies of one accountant, with names, numbers and moments that stay the same."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from invoices import customers
from invoices.models import Company, Customer, ElectronicDocument, Membership, ReceptionDirectory, RecipientEmail, User
from invoices.scope import company_scope
from invoices.ubl.nit import check_digit
from notifications import acknowledgements, first_notices, intake, outbox, services, settle
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoParty, DemoSale, buyer_event
from notifications.models import Delivery
from notifications.presenters import local
from notifications.tracking import Outcome
from notifications.transport import Handover
from tests import factories
from tests.functional import scene

NIT = "909482675"
SELLER = DemoParty("31", NIT, check_digit(NIT), "Ferretería El Roble S.A.S.")
BUILDER = DemoParty(
    "31",
    "907715386",
    check_digit("907715386"),
    "Constructora Piedra Alta S.A.S.",
    "recepcionfe.piedraalta@example.com; facturas.piedraalta@example.net",
)
PHARMACY = DemoParty("31", "909096754", check_digit("909096754"), "Droguería Salud Vital 24 S.A.S.", "compras.saludvita1@example.com")
NOTICE = (("FAJ43b", "El nombre informado no corresponde al registrado en el RUT."),)
REFUSED = frozenset({"facturas.piedraalta@example.net", "compras.saludvita1@example.com"})
# Told by their own stories, or in a state that nothing leads to yet.
APART = {"FER-12790", "FER-12869", "FER-12871"}
NOT_YET = {
    ElectronicDocument.Delivery.DELIVERED: ElectronicDocument.Delivery.SENT,
    ElectronicDocument.CustomerStatus.REJECTED: ElectronicDocument.CustomerStatus.AUTO_CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who looks, and the documents of which something is told."""

    company: Company
    admin: User
    accountant: User
    auditor: User
    busy: ElectronicDocument
    wrong: ElectronicDocument
    old: ElectronicDocument


def sale(number: str, buyer: DemoParty, at: datetime, base: int, *, rules: tuple[tuple[str, str], ...] = ()) -> DemoSale:
    """One invoice of the shop."""
    return DemoSale("Invoice", "01", number, local(at), (local(at) + timedelta(days=30)).date(), Decimal(base), SELLER, buyer, rules=rules)


def build(now: datetime) -> Scene:
    """Everything, as it stands at ``now``."""
    company = factories.company(
        nit=NIT,
        name=SELLER.name,
        trade_name="El Roble",
        reply_address="facturacion@elroble.example.com",
        phone="(601) 555 0142",
        city="Bogotá",
    )
    role = Membership.Role
    admin = factories.member(company, role=role.ADMINISTRATOR, email="j.torres@example.com", name="Julián Torres", last_login=now)
    accountant = factories.member(company, email="m.rios@example.com", name="Marcela Ríos", last_login=now)
    auditor = factories.member(company, role=role.AUDITOR, email="p.gil@example.com", name="Paola Gil")
    other = factories.company(nit="908114927", name="Distribuidora Andina de Insumos S.A.S.")
    Membership.objects.create(company=other, user=accountant, role=role.AUDITOR)
    then, one_address = now - timedelta(days=120), replace(BUILDER, emails="recepcionfe.piedraalta@example.com")
    old = receive(company, sale("FER-11208", one_address, then, 4_300_000), accountant, then)
    acknowledgements.auto_confirm_due(now=now - timedelta(days=116))
    _rows(company, now)
    busy = _busy(company, accountant, now)
    at = now - timedelta(hours=26)
    wrong = receive(company, sale("FER-12869", PHARMACY, at, 1_500_000), accountant, at + timedelta(minutes=3))
    _directory(now)
    _addresses(company, accountant, busy.customer, now)
    return Scene(company, admin, accountant, auditor, busy, wrong, old)


def receive(company: Company, given: DemoSale, by: User, at: datetime, *, pdf: bool = False) -> ElectronicDocument:
    """Loaded, notified, and answered by the mail servers."""
    list(intake.receive([zip_of(given, pdf=pdf)], companies={company.nit: company}, by=by, notify="yes", now=at))
    first_notices.send_owed(company.pk, clock=lambda: at)
    send(at + timedelta(seconds=40))
    with company_scope(company.pk):
        return ElectronicDocument.objects.select_related("customer").get(key=given.key)


def send(at: datetime, refused: Collection[str] = REFUSED) -> None:
    """Hand over whatever is due; the mailboxes of ``refused`` do not exist."""
    for claim in outbox.claim_due("default", now=at):
        with settle.row_scope(claim.company_id):
            prepared = outbox.intent(claim, now=at)
        assert prepared is not None
        delivery, attempt = prepared
        handover = Handover(Outcome.ACCEPTED, "dot", 250, "2.0.0 Ok: queued", "mx1.example.net", "TLSv1.3")
        if delivery.address in refused:
            handover = Handover(Outcome.PERMANENT, "rcpt", 550, "5.1.1 User unknown", "mx1.example.net")
        with settle.row_scope(claim.company_id):
            settle.result(delivery_id=delivery.pk, attempt_id=attempt.pk, lease=claim.lease, handover=handover, now=at)


def _rows(company: Company, now: datetime) -> None:
    """A document in each state, for the list."""
    with company_scope(company.pk):
        for age, (number, name, total, states) in enumerate(row for row in scene.ROWS if row[0] not in APART):
            at = now - timedelta(hours=5 * age + 1)
            given = states | {field: NOT_YET[value] for field, value in states.items() if isinstance(value, str) and value in NOT_YET}
            buyer = factories.customer(company, name=name, identification=str(908_531_100 + 13 * age))
            addresses = () if given["delivery_status"] == ElectronicDocument.Delivery.NO_ADDRESS else (f"compras{age + 1}@example.com",)
            for address in addresses:
                factories.email(buyer, address, source="document")
            factories.document(
                company, customer=buyer, number=number, total=Decimal(total), at=at, addresses=addresses, **given, auto_confirmed_at=at
            )


def _busy(company: Company, by: User, now: datetime) -> ElectronicDocument:
    """Bounced at one of two addresses, sent again to a third, and confirmed."""
    at = now - timedelta(days=2, hours=3)
    document = receive(company, sale("FER-12790", BUILDER, at, 32_714_387, rules=NOTICE), by, at + timedelta(minutes=4), pdf=True)
    again, answered = at + timedelta(days=1), at + timedelta(days=1, hours=2)
    with company_scope(company.pk):
        targets = [services.Target("recepcionfe.piedraalta@example.com"), services.Target("cartera.piedraalta@example.com", save=True)]
        services.resend(document=document, targets=targets, note="El cliente pidió copia para cartera.", by=by, now=again)
    send(again + timedelta(seconds=30))
    event = buyer_event(
        sale("FER-12790", BUILDER, at, 32_714_387),
        code="030",
        name="Acuse de recibo de Factura Electrónica de Venta",
        at=local(answered - timedelta(hours=1)),
    )
    list(intake.receive([("030.xml", event)], companies={company.nit: company}, by=by, notify="no", now=answered))
    with company_scope(company.pk):
        asked = Delivery.objects.get(document=document, address="cartera.piedraalta@example.com")
        acknowledgements.confirm(
            delivery=asked, name="Paola Andrea Gil", message="Recibida. Queda para pago el 15 de agosto.", now=answered
        )
        return ElectronicDocument.objects.select_related("customer").get(pk=document.pk)


def _directory(now: datetime) -> None:
    """DIAN's list knows an address of the pharmacy, and an earlier one."""
    today = local(now).date()
    for address, first, last in (("fe.saludvital@example.com", 400, 160), ("facturas.saludvital@example.com", 130, 8)):
        days = {"first_seen": today - timedelta(days=first), "last_seen": today - timedelta(days=last)}
        ReceptionDirectory.objects.create(nit=PHARMACY.number, address_key=address, listed_on=days["first_seen"], **days)


def _addresses(company: Company, by: User, buyer: Customer, now: datetime) -> None:
    """What people did with the builder's addresses."""
    with company_scope(company.pk):
        kept = RecipientEmail.objects.get(customer=buyer, address_key="cartera.piedraalta@example.com")
        customers.set_always(email=kept, always=True, by=by, at=now - timedelta(hours=20))
        gone, _ = customers.add_address(
            customer=buyer, address="lmontoya.piedraalta@example.com", always=False, by=by, at=now - timedelta(days=9)
        )
        customers.switch_off(email=gone, reason="Laura ya no trabaja allí; escribe a cartera.", by=by, at=now - timedelta(days=1))
