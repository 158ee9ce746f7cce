"""One valid object per model; every argument has a default, so that a test says only what it is about."""

import hashlib
import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invoices import history
from invoices.models import (
    Company,
    Customer,
    DocumentFile,
    DocumentRecipient,
    ElectronicDocument,
    Membership,
    RecipientEmail,
    SalesTransaction,
    StoredFile,
    TitleEvent,
    User,
)
from invoices.search import number_key, plain
from invoices.services import store_file
from notifications import secret_box
from notifications.channels import parse_channel
from notifications.models import Delivery, MailChannel, Notification

# 15 July 2026, a Wednesday, 12:00 in Bogota.
NOON = datetime(2026, 7, 15, 17, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def user(email: str = "", **fields: Any) -> User:
    """A person with the password ``secreto-123``."""
    return User.objects.create_user(email or f"persona{next(_numbers)}@example.com", "secreto-123", **fields)


def company(nit: str = "", **fields: Any) -> Company:
    """A company that answers at its own address."""
    nit = nit or str(900_100_000 + next(_numbers))
    return Company.objects.create(**{"nit": nit, "name": f"Empresa {nit} S.A.S.", "reply_address": "respuestas@example.com", **fields})


def member(of: Company, role: str = Membership.Role.ACCOUNTANT, **fields: Any) -> User:
    """A new user with a role in the company."""
    person = user(**fields)
    Membership.objects.create(company=of, user=person, role=role)
    return person


def customer(of: Company, **fields: Any) -> Customer:
    """A buyer with a NIT."""
    identification = fields.pop("identification", str(800_200_000 + next(_numbers)))
    name = fields.pop("name", f"Cliente {identification} Ltda.")
    return Customer.objects.create(
        company=of, **{"identification_type": "31", "identification": identification, "name": name, "name_key": plain(name), **fields}
    )


def email(of: Customer, address: str, **fields: Any) -> RecipientEmail:
    """An address of a customer."""
    return RecipientEmail.objects.create(
        company=of.company, customer=of, **{"address": address, "address_key": address.lower(), "source": "manual", **fields}
    )


def document(
    of: Company, *, addresses: tuple[str, ...] = ("compras@example.com",), at: datetime = NOON, **fields: Any
) -> ElectronicDocument:
    """An invoice that DIAN accepted, with its XML and a first line of history."""
    index = next(_numbers)
    buyer = fields.pop("customer", None) or customer(of)
    number = fields.pop("number", f"FE-{1000 + index}")
    shared = {"customer": buyer, "number": number, "number_key": number_key(number), "issue_date": at.date(), "currency": "COP"}
    shared["total"] = fields.pop("total", Decimal("1785000.00"))
    type_code = fields.pop("type_code", "01")
    sale, _ = SalesTransaction.objects.get_or_create(
        company=of,
        type_code=type_code,
        number_key=shared["number_key"],
        defaults={key: shared[key] for key in shared if key != "number_key"},
    )
    made = ElectronicDocument.objects.create(
        company=of,
        sale=sale,
        type_code=type_code,
        **shared,
        **{
            "key": hashlib.sha384(str(index).encode()).hexdigest(),
            "key_scheme": "CUFE-SHA384",
            "content_sha256": hashlib.sha256(str(index).encode()).hexdigest(),
            "issued_at": at,
            "subtotal": Decimal("1500000.00"),
            "taxes": Decimal("285000.00"),
            "issuer_name": of.name,
            "dian_status": ElectronicDocument.Dian.ACCEPTED,
            **fields,
        },
    )
    xml = store_file(company_id=of.pk, name=f"fe{index}.xml", data=f"<Invoice>{made.key}</Invoice>".encode(), kind=StoredFile.Kind.RECEIVED)
    DocumentFile.objects.create(company=of, document=made, file=xml, role=DocumentFile.Role.XML)
    for address in addresses:
        DocumentRecipient.objects.create(company=of, document=made, address_key=address, source="document")
    history.append(document=made, event=history.Event.IMPORTED, at=at)
    return made


def title_event(of: ElectronicDocument, code: str = "030", *, at: datetime = NOON, **fields: Any) -> TitleEvent:
    """An event of the buyer that counts, unsigned, in the file of the document."""
    usual = {"name": f"Evento {code}", "key": f"{next(_numbers):096x}", "issued_at": at, "verdict": "accepted", "signature": "absent"}
    usual |= {"sender_name": of.customer.name, "sender_identification": of.customer.identification, "file": of.files.get().file}
    return TitleEvent.objects.create(company=of.company, document=of, code=code, **(usual | fields))


def delivery(of: ElectronicDocument, address: str = "compras@example.com", *, at: datetime = NOON, **fields: Any) -> Delivery:
    """A message that is due, with nothing but the fields of the outbox."""
    notification = fields.pop("notification", None) or Notification.objects.create(
        company=of.company, kind="document", origin="resend", document=of, created_at=at
    )
    token = f"{next(_numbers):032x}"
    return Delivery.objects.create(
        company=of.company,
        notification=notification,
        document=of,
        **{
            "address": address,
            "address_key": address.lower(),
            "source": "document",
            "channel": "default",
            "from_address": "Empresa <traza@notificaciones.example.com>",
            "subject": "asunto",
            "text_body": "texto",
            "message_id": f"<{token}@traza.example.com>",
            "token": token,
            "next_at": at,
            "created_at": at,
            **fields,
        },
    )


def mail_channel(of: Company, url: str = "smtp://cuenta:clave@mail.example.com/?from=facturas%40empresa.co", **fields: Any) -> MailChannel:
    """A way out of the company's own, with its secrets encrypted."""
    index = next(_numbers)
    given = {"name": f"c{of.nit}-{index}", "label": "Correo de la empresa", "hook_token": f"{index:032d}", "created_at": NOON, **fields}
    channel = parse_channel(given["name"], url)
    return MailChannel.objects.create(company=of, url_encrypted=secret_box.encrypt(url), reports=channel.reports, **given)
