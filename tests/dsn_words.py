"""Bounces in words alone, as mail servers in Latin America write them, each with what it says; nothing here was received by anybody."""

from tests.dsn_builders import ADDRESS, Sample, ours, plain

OTHER = "cartera@ferreteria.example.co"
EXIM = "Este mensaje fue creado automáticamente por el programa de entrega de correo.\n\n"
DAEMON = "Mail Delivery System <Mailer-Daemon@cpanel.example.co>"


def _words(name: str, raw: bytes, *says: tuple[str, str, str, str]) -> Sample:
    return Sample(name, raw, says, kind="bounce")


WORDS = [
    _words(
        "cpanel: no such user, our message below",
        plain(
            f"{EXIM}Un mensaje que usted envió no pudo entregarse. Este es un error permanente.\n\n  {ADDRESS}\n"
            f"    host mail.ferreteria.example.co [192.0.2.9]\n    SMTP error from remote mail server after RCPT TO:<{ADDRESS}>:\n"
            "    550 No existe el usuario aquí\n\n------ Esta es una copia de su mensaje, incluidos los encabezados. ------\n\n"
            f"{ours()}\nFactura adjunta.\n",
            subject="Falló la entrega de correo: se devuelve el mensaje al remitente",
            sender=DAEMON,
            more=f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied\n",
        ),
        (ADDRESS, "", "failed", "no_mailbox"),
    ),
    _words(
        "cpanel: over quota",
        plain(
            f"{EXIM}El mensaje no pudo entregarse a:\n\n  {ADDRESS}\n    LMTP error from remote mail server after end of data:\n"
            f"    552 5.2.2 <{ADDRESS}> Cuota excedida (el buzón está lleno)\n",
            subject="Falló la entrega de correo",
            sender=DAEMON,
            more=f"X-Failed-Recipients: {ADDRESS}\n",
        ),
        (ADDRESS, "5.2.2", "failed", "mailbox_full"),
    ),
    _words(
        "exim: delayed for a day",
        plain(
            f"{EXIM}Su mensaje lleva más de 24 horas en la cola y todavía no ha sido entregado a:\n\n  {ADDRESS}\n"
            "    Delay reason: Connection refused\n\nNo tiene que hacer nada: se seguirá intentando por algunos días.\n",
            subject="Advertencia: mensaje 1tAbCd-0000 demorado 24 horas",
            sender=DAEMON,
            more="Auto-Submitted: auto-replied\n",
        ),
        (ADDRESS, "", "delayed", "temporary"),
    ),
    _words(
        "qmail: no mailbox here",
        plain(
            f"Hola. Soy el programa qmail-send de mail.example.co.\nNo pude entregar su mensaje a estas direcciones.\n\n<{ADDRESS}>:\n"
            "192.0.2.9 no aceptó al destinatario.\nEl servidor dijo: 511 lo siento, no existe ese buzón aquí (#5.1.1)\n"
            f"Me rindo con 192.0.2.9.\n\n--- Below this line is a copy of the message.\n\n{ours()}\n",
            subject="failure notice",
            sender="MAILER-DAEMON@mail.example.co",
        ),
        (ADDRESS, "5.1.1", "failed", "no_mailbox"),
    ),
    _words(
        "domino: latin-1, no code at all",
        plain(
            f"Informe de no entrega\n\nSu documento no se entregó a:\n\n{ADDRESS}\n\nporque:\n\n"
            "El usuario compras no existe en el directorio de Domino\n",
            subject="=?iso-8859-1?Q?INFORME:_No_se_entreg=F3_su_mensaje?=",
            sender="Postmaster@ferreteria.example.co",
            charset="iso-8859-1",
        ),
        (ADDRESS, "", "failed", "no_mailbox"),
    ),
    _words(
        "mdaemon: account inactive, says us-ascii and is latin-1",
        plain(
            f"El siguiente mensaje no fue entregado:\n\n  Destinatario: {ADDRESS}\n\n  La cuenta está inactiva o fue suspendida.\n",
            subject="No fue posible entregar su mensaje",
            sender="MDaemon@mx.example.co",
            charset="iso-8859-1",
            declared="us-ascii",
        ),
        (ADDRESS, "", "failed", "disabled"),
    ),
    _words(
        "hmailserver: domain not found, base64",
        plain(
            f"Su mensaje no llegó a algunos de sus destinatarios.\n\n   Para: {ADDRESS}\n\nNo pudieron alcanzarse:\n\n{ADDRESS}\n"
            "   No se encontró el dominio ferreteria.example.co\n",
            subject="Mensaje no entregado: factura",
            sender="mailer-daemon@mx.example.co",
            encoding="base64",
        ),
        (ADDRESS, "", "failed", "bad_domain"),
    ),
    _words(
        "an appliance: html alone, says latin-1 and is utf-8",
        plain(
            f"<html><head><style>p {{color: red}}</style></head><body><p>No se pudo entregar su correo a <b>{ADDRESS}</b>.</p>"
            "<p>Motivo: 550 5.7.1 Mensaje rechazado por política de la organización</p></body></html>",
            subject="Correo rechazado: no se pudo entregar",
            sender="postmaster@seguridad.example.co",
            kind="text/html",
            declared="iso-8859-1",
            encoding="quoted-printable",
        ),
        (ADDRESS, "5.7.1", "failed", "policy_spam"),
    ),
    _words(
        "a provider: two addresses in words",
        plain(
            f"No se pudo entregar:\n\n<{ADDRESS}>: 550 5.1.1 Usuario desconocido\n\n<{OTHER}>: 552 5.2.2 Buzón lleno\n",
            subject="Correo devuelto",
            sender="postmaster@mx.example.co",
        ),
        (ADDRESS, "5.1.1", "failed", "no_mailbox"),
        (OTHER, "5.2.2", "failed", "mailbox_full"),
    ),
    _words(
        "a provider: the address only in the sentence",
        plain(
            f"Señor usuario: el mensaje que envió a {ADDRESS} fue devuelto porque la dirección no es válida.\n",
            subject="Correo devuelto",
            sender="postmaster@mx.example.co",
            encoding="quoted-printable",
            charset="iso-8859-1",
        ),
        (ADDRESS, "", "failed", "no_mailbox"),
    ),
]
