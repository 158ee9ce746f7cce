"""Reports by RFC 3464 as mail servers in Latin America write them, each with what it says; nothing here was received by anybody."""

from typing import Any

from tests.dsn_builders import ADDRESS, Sample, mail, multipart, ours, part, recipient, report
from tests.dsn_words import WORDS

OTHER = "cartera@ferreteria.example.co"


def one(
    name: str,
    human: str,
    *,
    status: str,
    reason: str,
    code: str = "",
    action: str = "failed",
    said: str = "",
    encoding: str = "8bit",
    **more: Any,
) -> Sample:
    """A report on one address; ``said`` is the Action as the server writes it, where that is another word."""
    charset, kind = more.pop("charset", "utf-8"), more.pop("kind", "text/plain")
    fields = recipient(action=said or action, status=more.pop("written", status), code=code)
    raw = report(human=part(human, charset=charset, encoding=encoding, kind=kind), fields=fields, **more)
    return Sample(name, raw, ((ADDRESS, status, action, reason),))


FAILED = [
    one(
        "postfix: user unknown",
        f"Sistema de correo de mx.example.co.\n\nSu mensaje no pudo entregarse.\n\n<{ADDRESS}>: el servidor\n    respondió: 550\n",
        status="5.1.1",
        code=f"550 5.1.1 <{ADDRESS}>: Recipient address rejected: User unknown in virtual mailbox table",
        reason="no_mailbox",
    ),
    one(
        "exchange 2003: latin-1 in quoted-printable, no diagnostic",
        "Su mensaje no llegó a ninguno de sus destinatarios.\n\nNo se pudo localizar la cuenta en la organización.\n",
        status="5.1.1",
        reason="no_mailbox",
        charset="iso-8859-1",
        encoding="quoted-printable",
        subject="=?iso-8859-1?Q?Notificaci=F3n_de_estado_de_entrega_(Error)?=",
        sender="Administrador del sistema <postmaster@ferreteria.example.co>",
    ),
    one(
        "microsoft 365: recipient not found is 5.1.10 there, html in base64",
        "<html><body><p>No se encontró <b>compras</b> en ferreteria.example.co.</p></body></html>",
        status="5.1.10",
        code=f"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {ADDRESS} not found by SMTP address lookup",
        reason="no_mailbox",
        kind="text/html",
        encoding="base64",
        sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615@ferreteria.example.co>",
        subject="No se puede entregar: factura",
    ),
    one("null mx", "El dominio no recibe correo.\n", status="5.1.10", code="556 5.1.10 Recipient address has null MX", reason="bad_domain"),
    one(
        "exim: mailbox full",
        "El buzón del destinatario está lleno; pídale que borre correos y envíe de nuevo.\n",
        status="5.2.2",
        code="552 5.2.2 El buzón del destinatario está lleno",
        reason="mailbox_full",
    ),
    one(
        "gmail: no such address, a diagnostic of several lines",
        "Tu mensaje no se entregó porque no encontramos la dirección.\n",
        status="5.1.1",
        code="550-5.1.1 The email account that you tried to reach does not exist.\n 550-5.1.1 Please check for typos\n 550 5.1.1 - gsmtp",
        reason="no_mailbox",
        encoding="quoted-printable",
        more=f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied\n",
    ),
    one(
        "gmail: inbox over quota",
        "La bandeja de entrada del destinatario está llena.\n",
        status="5.2.2",
        code="552-5.2.2 The recipient's inbox is out of storage space.\n 552 5.2.2 - gsmtp",
        reason="mailbox_full",
    ),
    one(
        "gmail: the domain does not exist",
        "No se encontró el dominio ferreteria.example.co. Revisa que no falte ni sobre ninguna letra.\n",
        status="4.0.0",
        code="DNS Error: DNS type 'mx' lookup of ferreteria.example.co responded with code NXDOMAIN",
        reason="bad_domain",
    ),
    one(
        "postfix: given up after five days",
        "Se agotó el tiempo: el mensaje estuvo cinco días en cola.\n",
        status="4.4.1",
        code="connect to mx.ferreteria.example.co[192.0.2.9]:25: Connection timed out",
        reason="expired",
    ),
    one("exchange: expired", "Se dejó de intentar.\n", status="5.4.7", code="550 5.4.7 QUEUE.Expired; message expired", reason="expired"),
    one(
        "exchange: too large, base64",
        "El mensaje es demasiado grande para este destinatario.\n",
        status="5.2.3",
        code="550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
        reason="too_large",
        encoding="base64",
    ),
    one(
        "sendmail: too large, the code says only 5.0.0",
        "Mensaje rechazado.\n",
        status="5.0.0",
        code="552 El mensaje supera el tamaño máximo permitido (10 MB)",
        reason="too_large",
    ),
    one(
        "a host: spf",
        "El servidor no aceptó su correo.\n",
        status="5.7.1",
        code="550 5.7.1 Correo rechazado: el registro SPF del remitente no autoriza 192.0.2.7",
        reason="auth",
    ),
    one(
        "a host: blacklist",
        "Bloqueado.\n",
        status="5.7.1",
        code="554 5.7.1 La IP 192.0.2.7 está en una lista negra (bl.example.net)",
        reason="policy_spam",
    ),
    one(
        "a filter: spam",
        "Bloqueado.\n",
        status="5.7.0",
        code="550 5.7.0 Mensaje clasificado como SPAM por el filtro corporativo",
        reason="policy_spam",
    ),
    one(
        "a provider: mailbox disabled, a comment in the status",
        "La cuenta está deshabilitada.\n",
        status="5.2.1",
        written="5.2.1 (buzon deshabilitado)",
        code="550 5.2.1 Cuenta deshabilitada por falta de pago",
        reason="disabled",
    ),
    one("a company: moved", "Cambió de dirección.\n", status="5.1.6", code="551 5.1.6 Cambió de dirección", reason="address_change"),
    one(
        "outlook.com: mailbox unavailable",
        "No se pudo entregar.\n",
        status="5.5.0",
        code="550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
        reason="no_mailbox",
    ),
    one(
        "yahoo: no account",
        "No se pudo entregar.\n",
        status="5.0.0",
        code=f"554 delivery error: dd This user doesn't have a yahoo.com account ({ADDRESS}) [0]",
        reason="no_mailbox",
    ),
    one("action with a comment", "No existe.\n", status="5.1.1", said="failed (el buzón no existe)", reason="no_mailbox"),
    one(
        "an smtp reply in place of the status",
        "Dirección inexistente.\n",
        status="",
        written="550 El usuario no existe",
        said="Failure",
        reason="no_mailbox",
    ),
]

NOT_FAILED = [
    one(
        "zimbra: over quota, still trying",
        "AVISO: no es necesario reenviar su mensaje. Seguiremos intentando entregarlo durante 5 días.\n",
        status="4.2.2",
        code=f"452 4.2.2 <{ADDRESS}>: Over quota",
        action="delayed",
        reason="mailbox_full",
        subject="Mensaje demorado (se sigue intentando)",
    ),
    one(
        "postfix: no answer, still trying",
        "El servidor del destinatario no responde. Se seguirá intentando.\n",
        status="4.4.1",
        code="connect to mx.ferreteria.example.co[192.0.2.9]:25: Connection timed out",
        action="delayed",
        reason="temporary",
    ),
    one("delivered", "Su mensaje se entregó al buzón.\n", status="2.0.0", code="250 2.0.0 Ok", action="delivered", reason=""),
    one(
        "relayed to a server that tells nothing",
        "El mensaje se entregó a un servidor que no envía confirmaciones.\n",
        status="2.6.0",
        action="relayed",
        said="relayed (to non-DSN-aware mailer)",
        reason="",
    ),
    one("expanded by a list", "Se repartió a la lista.\n", status="2.0.0", action="expanded", said="EXPANDED", reason=""),
]

ODD = [
    Sample(
        "two recipients, no blank line between them",
        report(
            human=part("Dos destinatarios.\n"),
            fields=recipient(code="550 5.1.1 No existe el usuario")
            + recipient(OTHER, action="Delayed", status="4.7.0", code="451 4.7.0 Lista gris, intente en 5 minutos"),
        ),
        ((ADDRESS, "5.1.1", "failed", "no_mailbox"), (OTHER, "4.7.0", "delayed", "temporary")),
    ),
    Sample(
        "without an action, without the type of the address",
        report(human=part("Dirección inexistente.\n"), fields=f"Final-Recipient: <{ADDRESS}>\nStatus: 5.1.1\n"),
        ((ADDRESS, "5.1.1", "failed", "no_mailbox"),),
    ),
    Sample(
        "the report itself in base64, against the rules",
        mail(
            subject="No se pudo entregar",
            sender="postmaster@ferreteria.example.co",
            body=multipart(
                part("No se pudo entregar.\n"),
                part(f"Reporting-MTA: dns; mx.example.co\n\n{recipient()}", kind="message/delivery-status", encoding="base64"),
                part(ours(), kind="text/rfc822-headers", encoding="quoted-printable"),
            ),
        ),
        ((ADDRESS, "5.1.1", "failed", "no_mailbox"),),
    ),
    Sample(
        "forwarded whole by a person, as an attachment",
        mail(
            subject="RV: Correo no entregado",
            sender="Contadora <contadora@example.com>",
            body=multipart(
                part("Me llegó esto, ¿qué hago?\n"),
                b"Content-Type: message/rfc822\n\n"
                + report(human=part("No existe.\n"), fields=recipient(code="550 5.1.1 Buzón inexistente")),
                kind="mixed",
            ),
        ),
        ((ADDRESS, "5.1.1", "failed", "no_mailbox"),),
    ),
    Sample(
        "the report turned into plain text by a gateway",
        mail(
            subject="Correo no entregado",
            sender="MAILER-DAEMON@mx.example.co",
            body=multipart(
                part("No se pudo.\n"),
                part(f"Reporting-MTA: dns; mx.example.co\n\n{recipient(status='5.1.2')}"),
                part(ours()),
                kind="mixed",
            ),
        ),
        ((ADDRESS, "5.1.2", "failed", "bad_domain"),),
    ),
]

SAMPLES = [*FAILED, *NOT_FAILED, *ODD, *WORDS]


def sample(name: str) -> Sample:
    """The one whose name begins so."""
    return next(found for found in SAMPLES if found.name.startswith(name))
