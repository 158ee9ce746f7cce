"""
Make the demo: three companies with five months of documents, so that every state and every action can be seen.

The past is recorded by the same services as the present, with a moved clock; what the mail servers of the past said is
scripted by the address. Documents of today are left to the workers, whose mails really leave.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection

from invoices.models import Company, ElectronicDocument, Membership, ReceptionDirectory, User
from invoices.partitions import ensure_partitions
from invoices.scope import company_scope
from invoices.ubl.nit import check_digit
from invoices.ubl.responses import EVENTS as NAMES
from notifications import acknowledgements, first_notices, intake, outbox, services, settle
from notifications.demo import terms
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoParty, DemoSale, buyer_event
from notifications.models import Delivery
from notifications.services import Target
from notifications.tracking import Outcome
from notifications.transport import Handover

BOGOTA = ZoneInfo("America/Bogota")
PASSWORD = "traza-demo"  # noqa: S105 - the demo's, printed on the screen
PEOPLE = (
    ("contador@example.com", "Marcela Ríos", Membership.Role.ACCOUNTANT),
    ("admin@example.com", "Julián Torres", Membership.Role.ADMINISTRATOR),
    ("auditor@example.com", "Paola Gil", Membership.Role.AUDITOR),
)
COMPANIES = (
    ("909482675", "Ferretería El Roble S.A.S.", "FER"),
    ("908114927", "Distribuidora Andina de Insumos S.A.S.", "DAI"),
    ("909233408", "Café Alto Guavio S.A.S.", "CAG"),
)


def nit(number: str, name: str, emails: str) -> DemoParty:
    """A buyer with a NIT and its right check digit."""
    return DemoParty("31", number, check_digit(number), name, emails)


BUYERS = (
    nit("908046239", "Hotel Mirador del Cocora S.A.S.", "recepcion.hotel@example.com"),
    nit("908246153", "Cooperativa Lechera del Sumapaz", "facturas.lechera@example.com; Contabilidad.Lechera@Example.com"),
    nit("907715386", "Constructora Piedra Alta S.A.S.", "recepcionfe.piedraalta@example.com"),
    nit("909096754", "Droguería Salud Vital 24 S.A.S.", "noexiste.saludvital@example.com"),
    nit("908531182", "Inversiones Tres Cordilleras S.A.", "fe.trescordilleras@example.com , tesoreria.trescordilleras@example.com"),
    nit("908029318", "Transportes Río Claro S.A.", "lento.rioclaro@example.com"),
    nit("908027914", "Agropecuaria La Esmeralda Ltda.", "facturacion.esmeralda@example.com"),
    nit("907964517", "Panadería Trigo Dorado S.A.S.", "pedidos.trigodorado@example.com;jlópez@trigodorado.example.com"),
    DemoParty("13", "1990452637", "", "Andrés Felipe Quintero Salazar"),
    nit("907387421", "Ingeniería y Montajes Delta S.A.S.", "spam.delta@example.com"),
    DemoParty("13", "222222222222", "", "Consumidor final"),
)
# Which events these buyers send about an invoice: the code, how many hours after the document, and what a claim is about.
RECEIVED = (("030", 26, ""), ("032", 27, ""))
EVENTS = {"908029318": RECEIVED, "908531182": (*RECEIVED, ("033", 50, "")), "908027914": (*RECEIVED, ("031", 51, "03"))}
NOTICE = (("FAJ43b", "El nombre informado no corresponde al registrado en el RUT."),)
# How many days ago each document of the demo was issued: weekly at first, daily of late, the last ones today.
AGES = (*range(140, 34, -7), *range(30, 15, -3), 15, 13, 11, *range(9, 0, -1), 1, 0, 0, 0)
ERROR = (("FAD09e", "La fecha de emisión es posterior a la fecha de validación."),)


@dataclass(frozen=True, slots=True)
class Replies:
    """What the mail server of an address says in the demo: by the first word of the address."""

    address: str

    def handover(self, attempt: int) -> Handover:
        """The answer to the n-th try."""
        host, word = "buzon.example.com:25", self.address.split(".")[0].split("@")[0]
        if word == "noexiste":
            return Handover(Outcome.PERMANENT, "rcpt", 550, f"5.1.1 <{self.address}>: Recipient address rejected: User unknown", host)
        if word == "spam":
            return Handover(Outcome.PERMANENT, "dot", 554, "5.7.1 Message rejected as spam", host)
        if word == "lento" and attempt == 1:
            return Handover(Outcome.TEMPORARY, "rcpt", 451, "4.7.1 Greylisted, try again later", host)
        return Handover(Outcome.ACCEPTED, "dot", 250, "2.0.0 Ok: queued", host, "TLSv1.3")


def load(*, now: datetime, say: Callable[[str], None]) -> None:
    """Make companies, people and documents; ``now`` is the moment at which the demo begins to live."""
    today = now.astimezone(BOGOTA)
    ensure_partitions(since=(today - timedelta(days=160)).date(), until=today.date())
    users = [_user(*person) for person in PEOPLE]
    for number, name, prefix in COMPANIES:
        company = Company.objects.create(nit=number, name=name, reply_address=f"facturacion@{prefix.lower()}.example.com")
        for user, (_, _, role) in zip(users, PEOPLE, strict=True):
            Membership.objects.create(company=company, user=user, role=role)
    _directory(now)
    roble, andina, _ = Company.objects.order_by("created_at")
    documents = _tell_story(roble, users[0], now) + _tell_story(andina, users[0], now, prefix="DAI", few=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"{len(COMPANIES)} empresas y {documents} documentos de demostración")


def _user(email: str, name: str, _role: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name)


def _directory(now: datetime) -> None:
    """DIAN's list knows a better address for two of the buyers."""
    day = now.astimezone(BOGOTA).date() - timedelta(days=8)
    for number, address in (("909096754", "facturas.saludvital@example.com"), ("907715386", "recepcion.piedraalta@example.com")):
        ReceptionDirectory.objects.create(nit=number, address_key=address, listed_on=day, first_seen=day, last_seen=day)


def _tell_story(company: Company, by: User, now: datetime, *, prefix: str = "FER", few: bool = False) -> int:
    seller = DemoParty("31", company.nit, company.check_digit, company.name)
    sales = list(_sales(seller, prefix, now))[: 12 if few else None]
    for index, sale in enumerate(sales):
        live = sale.at.date() == now.astimezone(BOGOTA).date()
        at = sale.at + timedelta(minutes=2)
        # The newest come without a PDF: what their buyers get is ours.
        _bring(company, zip_of(sale, pdf=index < len(sales) - 12), by, now if live else at)
        if not live:
            _live_on(company, sale, by, at, now)
    if not few:
        terms.run(company=company, sales=[sale for sale in sales if sale.buyer.digit and sale.buyer.number not in EVENTS], by=by, now=now)
    return len(sales)


def _bring(company: Company, file: tuple[str, bytes], by: User, at: datetime) -> None:
    list(intake.receive([file], companies={company.nit: company}, by=by, notify="yes", now=at))
    first_notices.send_owed(company.pk, clock=lambda: at)


def _sales(seller: DemoParty, prefix: str, now: datetime) -> Iterator[DemoSale]:
    """Oldest first: one every few days, from five months ago until today."""
    today = now.astimezone(BOGOTA)
    for index, age in enumerate(AGES):
        at = datetime.combine(today.date() - timedelta(days=age), time(8 + index % 9, index * 7 % 60), tzinfo=BOGOTA)
        buyer = BUYERS[(index * 3) % len(BUYERS)]
        root, type_code, number = "Invoice", "01", f"{prefix}-{12800 + index}"
        if index % 11 == 4:
            root, type_code, number = "CreditNote", "91", f"NC-{400 + index}"
        if index % 17 == 8:
            root, type_code, number = "DebitNote", "92", f"ND-{50 + index}"
        sale = DemoSale(
            root=root,
            type_code=type_code,
            number=number,
            at=min(at, today - timedelta(minutes=30 + len(AGES) - index)),
            due=(at + timedelta(days=30)).date() if index % 2 and root == "Invoice" else None,
            base=Decimal(210_000 + index * 137_300 % 9_000_000).quantize(Decimal("0.01")),
            seller=seller,
            buyer=buyer,
            rules=NOTICE if index % 7 == 3 else (),
        )
        if index in {20, 35}:
            yield _rejected(sale)
        yield sale


def _rejected(sale: DemoSale) -> DemoSale:
    """What DIAN rejected comes again with the same number and another key."""
    return DemoSale(
        sale.root,
        sale.type_code,
        sale.number,
        sale.at - timedelta(minutes=40),
        sale.due,
        sale.base,
        sale.seller,
        sale.buyer,
        "04",
        ERROR,
        "x",
    )


def _live_on(company: Company, sale: DemoSale, by: User, at: datetime, now: datetime) -> None:
    """What happened after the document was notified, as far as the present has come."""
    _send_in_the_past(at)
    with company_scope(company.pk):
        document = ElectronicDocument.objects.get(key=sale.key)
        first = Delivery.objects.filter(document=document, sent_at__isnull=False).order_by("pk").first()
    if first is None:
        return
    later = at + timedelta(hours=5)
    if sale.buyer.number == "907715386" and later < now:
        targets = [Target(first.address_key), Target("cartera.piedraalta@example.com", save=True)]
        with company_scope(company.pk):
            services.resend(document=document, targets=targets, note="El cliente pidió copia para cartera.", by=by, now=later)
        _send_in_the_past(later + timedelta(seconds=1))
    _answer(company, sale, first, by, at, now)
    if at + timedelta(hours=73) < now:
        acknowledgements.auto_confirm_due(now=at + timedelta(hours=73))


def _answer(company: Company, sale: DemoSale, first: Delivery, by: User, at: datetime, now: datetime) -> None:
    """The day after, two buyers press the button; three send events about their invoices."""
    next_day = at + timedelta(hours=26)
    if next_day > now:
        return
    if sale.buyer.number in {"907715386", "908027914"}:
        with company_scope(company.pk):
            acknowledgements.confirm(delivery=first, name="Paola Andrea Gil", message="Recibida. Queda programada para pago.", now=next_day)
    for code, hours, claim_code in EVENTS.get(sale.buyer.number, ()) if sale.type_code == "01" else ():
        event_at = at + timedelta(hours=hours)
        if event_at < now:
            event = buyer_event(sale, code=code, name=NAMES[code], at=event_at, claim_code=claim_code)
            files = [(f"{code}-{sale.number}.xml", event)]
            list(intake.receive(files, companies={company.nit: company}, by=by, notify="no", now=event_at + timedelta(minutes=1)))


def _send_in_the_past(at: datetime) -> None:
    """Settle what is due as the scripted servers answered, until nothing is due within a quarter of an hour."""
    for minutes in (0, 2):
        moment = at + timedelta(minutes=minutes)
        for claim in outbox.claim_due("default", now=moment):
            with settle.row_scope(claim.company_id):
                prepared = outbox.intent(claim, now=moment)
            if prepared is None:
                continue
            delivery, attempt = prepared
            handover = Replies(delivery.address).handover(attempt.number)
            with settle.row_scope(claim.company_id):
                settle.result(
                    delivery_id=delivery.pk, attempt_id=attempt.pk, lease=claim.lease, handover=handover, now=moment + timedelta(seconds=2)
                )
