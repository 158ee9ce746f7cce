"""The mail that brings a report to whoever asked for it."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invoices.models import StoredFile
from notifications.messages import Rendered
from notifications.mime import mailbox
from notifications.models import HistoryReport
from notifications.report_content import Content

# Many mailboxes refuse 10 MB, and base64 adds a third: what is larger waits in *Mis informes*.
MAX_ATTACHED_BYTES = 5 * 1024 * 1024


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
    """
    only = content.sections[0] if len(content.sections) == 1 else None
    whose = only.document.customer.name if only else content.company.name
    subject = f"Detalle Historial de {content.title} – {whose}"  # noqa: RUF001 - an en dash
    context = {
        "subject": subject,
        "report": report,
        "content": content,
        "company": content.company,
        "only": only,
        "files": files,
        "attached": attached,
        "until": until,
        "problems": [section for section in content.sections if any(card.failed for card in section.recipients)],
        "link": settings.PUBLIC_URL + reverse("reports", args=[content.company.nit]),
    }
    return Rendered(
        sender=mailbox("Traza", settings.DEFAULT_FROM_EMAIL),
        reply_to="",
        subject=" ".join(subject.split()),
        text=render_to_string("mail/history_report.txt", context),
        html=render_to_string("mail/history_report.html", context),
    )
