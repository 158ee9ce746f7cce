"""A returned mail that a person hands in: an ``.eml`` file, read at once, about the messages of that person's company."""

from collections.abc import Callable
from datetime import datetime

from invoices.invalid import Invalid
from invoices.models import Company, User
from notifications import inbound
from notifications.models import InboundMessage
from notifications.returned import is_mail

MAX_BYTES = 10 * 1024 * 1024
OUTLOOK = b"\xd0\xcf\x11\xe0"  # the compound file of an Outlook .msg
Clock = Callable[[], datetime]


def take_in(*, company: Company, name: str, data: bytes, by: User, clock: Clock) -> InboundMessage | None:
    """
    Keep the mail and read it; None when the company handed it in before.

    :param name: of the file, shown beside its result. :param data: the whole file.
    :raises Invalid: it is empty, over 10 MB, or no mail.
    """
    if not data:
        raise Invalid("El archivo está vacío.", field="correo")
    if len(data) > MAX_BYTES:
        raise Invalid(f"El correo pesa {len(data) / 1_048_576:.1f} MB y caben 10 MB.".replace(".", ",", 1), field="correo")
    if data.startswith(OUTLOOK):
        raise Invalid("Es un .msg de Outlook: ábrelo, elige Guardar como y guárdalo en formato .eml.", field="correo")
    if not is_mail(data):
        raise Invalid("El archivo no es un correo: guarda el mensaje devuelto como .eml y cárgalo así.", field="correo")
    message = inbound.store(
        channel="",
        provider=company.nit,
        kind=InboundMessage.Kind.UPLOAD,
        content_type="message/rfc822",
        headers={"name": name[:200], "by": str(by)},
        body=data,
        now=clock(),
        company_id=company.pk,
    )
    if message is not None:
        inbound.process_now(message, clock=clock)
    return message
