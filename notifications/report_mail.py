"""The mail that brings a report to whoever asked for it."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invoices.models import StoredFile
from invoices.templatetags.traza import day, moment, thousands
from notifications import channel_registry
from notifications.messages import Rendered
from notifications.mime import mailbox
from notifications.models import HistoryReport
from notifications.presenters import count
from notifications.report_content import Content

# Many mailboxes refuse 10 MB, and base64 adds a third: what is larger waits in *Mis informes*.
MAX_ATTACHED_BYTES = 5 * 1024 * 1024
# The mail of a report over many documents names so many whose addresses failed; the PDF names them all.
MAX_PROBLEMS = 10


def attachable(files: Sequence[StoredFile]) -> list[StoredFile]:
    """The files that fit into one mail, the first ones first."""
    attached: list[StoredFile] = []
    for file in files:
        if sum(item.size for item in attached) + file.size <= MAX_ATTACHED_BYTES:
            attached.append(file)
    return attached


def report_mail(
    *, report: HistoryReport, content: Content, files: Sequence[StoredFile], attached: Sequence[StoredFile], until: datetime
) -> Rendered:
    """
    Render the mail; the link leads to *Mis informes* and asks for the login.

    :param files: the PDF and, for a long history, the workbook. :param attached: those of them that travel with the mail.
    :param until: when the files are deleted.
    """
    only = content.sections[0] if len(content.sections) == 1 else None
    whose = only.document.customer.name if only else content.company.name
    subject = f"Detalle Historial de {content.title} – {whose}"  # noqa: RUF001 - an en dash
    failed = [section for section in content.sections if section.problems]
    context = {
        "subject": subject,
        "intro": intro(report),
        "what": what(content, files, attached),
        "report": report,
        "content": content,
        "company": content.company,
        "only": only,
        "failed": failed[:MAX_PROBLEMS],
        "more_failed": len(failed[MAX_PROBLEMS:]),
        "pdf": files[0],
        "files": files,
        "attached": attached,
        "until": until,
        "link": settings.PUBLIC_URL + reverse("reports", args=[content.company.nit]),
    }
    return Rendered(
        sender=mailbox("Traza", channel_registry.sender(content.company.channel)),
        reply_to="",
        subject=" ".join(subject.split()),
        text=render_to_string("mail/history_report.txt", context),
        html=render_to_string("mail/history_report.html", context),
    )


def intro(report: HistoryReport) -> str:
    """Who asked for it, and when: the reader, or somebody else."""
    when = moment(report.requested_at)
    if report.requested_by and report.address.lower() == report.requested_by.email.lower():
        return f"Aquí está el informe que pediste el {when}."
    return f"{report.requester} pidió el {when} que te llegara este informe."


def what(content: Content, files: Sequence[StoredFile], attached: Sequence[StoredFile]) -> str:
    """What the report holds, and where its files are."""
    held = f"{thousands(content.movements)} {'movimiento' if content.movements == 1 else 'movimientos'}"
    if len(content.sections) > 1:
        held += f" de {count(len(content.sections), 'documento', 'documentos')}"
    held += f", del {day(content.since)} al {day(content.until)}"
    if not attached:
        return f"Tiene {held}. Pesa más de lo que cabe en un correo: descárgalo en Mis informes."
    if not content.summarised:
        return f"El PDF va adjunto con {held}."
    where = "va también adjunto" if len(attached) == len(files) else "está en Mis informes"
    return f"Son {held}. El PDF adjunto trae completos los más nuevos y cuenta los demás por mes. El libro de Excel trae todo y {where}."
