"""A company with a document in each state, as the list shows them side by side."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from tests import factories

Dian, Delivery, Customer = ElectronicDocument.Dian, ElectronicDocument.Delivery, ElectronicDocument.CustomerStatus
NOTICE = {"code": "FAJ43b", "message": "Nombre informado no corresponde al registrado en el RUT"}
ERROR = {"code": "FAD06", "message": "Valor del CUFE no está calculado correctamente"}


def look(dian: Dian, delivery: Delivery, customer: Customer, reached: int = 0, total: int = 0, **more: Any) -> dict[str, Any]:
    """The states of one document."""
    rules = {Dian.ACCEPTED_WITH_NOTICES: [NOTICE], Dian.REJECTED: [ERROR]}.get(dian, [])
    states = {"dian_status": dian, "delivery_status": delivery, "customer_status": customer, "dian_rules": rules}
    return {**states, "deliveries_reached": reached, "deliveries_total": total, **more}


ROWS = [
    ("FER-12871", "Hotel Mirador del Cocora S.A.S.", "4862400", look(Dian.IN_VALIDATION, Delivery.NONE, Customer.NOT_SENT)),
    (
        "FER-12866",
        "Cooperativa Lechera del Sumapaz",
        "12318750",
        look(Dian.ACCEPTED, Delivery.IN_PROGRESS, Customer.PENDING, 1, 2, title_status="acknowledged"),
    ),
    (
        "FER-12790",
        "Constructora Piedra Alta S.A.S.",
        "38940120",
        look(Dian.ACCEPTED_WITH_NOTICES, Delivery.PARTIAL, Customer.CONFIRMED, 2, 3, title_status="accepted"),
    ),
    ("FER-12869", "Droguería Salud Vital 24 S.A.S.", "1785000", look(Dian.ACCEPTED, Delivery.PROBLEM, Customer.INVALID_ADDRESS, 0, 1)),
    (
        "NC-0418",
        "Inversiones Tres Cordilleras S.A.",
        "642600",
        look(Dian.ACCEPTED, Delivery.DELIVERED, Customer.PENDING, 2, 2, type_code="91"),
    ),
    ("FER-12868", "Transportes Río Claro S.A.", "22456300", look(Dian.REJECTED, Delivery.NONE, Customer.NOT_SENT)),
    (
        "FER-12744",
        "Panadería Trigo Dorado S.A.S.",
        "958020",
        look(Dian.ACCEPTED, Delivery.SENT, Customer.PENDING, 1, 1, title_status="tacit"),
    ),
    (
        "ND-0052",
        "Taller Industrial Metalnorte S.A.S.",
        "214200",
        look(Dian.ACCEPTED, Delivery.SENT, Customer.CONFIRMED, 2, 2, type_code="92"),
    ),
    ("FER-12838", "Andrés Felipe Quintero Salazar", "389900", look(Dian.ACCEPTED, Delivery.NO_ADDRESS, Customer.NOT_SENT)),
    (
        "FER-12835",
        "Ingeniería y Montajes Delta S.A.S.",
        "16205420",
        look(Dian.ACCEPTED, Delivery.SENT, Customer.REJECTED, 3, 3, title_status="claimed"),
    ),
]


def build(now: datetime) -> Company:
    """Ferretería El Roble, whose documents came in during the last two days."""
    company = factories.company(nit="909482675", name="Ferretería El Roble S.A.S.")
    with company_scope(company.pk):
        for age, (number, name, total, states) in enumerate(ROWS):
            auto = {"auto_confirmed_at": now} if states["customer_status"] == Customer.AUTO_CONFIRMED else {}
            at = now - timedelta(hours=5 * age + 1)
            buyer = factories.customer(company, name=name)
            factories.document(company, customer=buyer, number=number, total=Decimal(total), at=at, **states, **auto)
    return company
