"""The mail that brings a report to whoever asked for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invoices.models import StoredFile
from invoices.templatetags.traza import STATE_LOOK, day, moment, thousands
from notifications.messages import Rendered
from notifications.mime import mailbox
from notifications.models import HistoryReport
from notifications.presenters import count
from notifications.report_content import Content
from notifications.selectors import RecipientCard

# Many mailboxes refuse 10 MB, and base64 adds a third: what is larger waits in *Mis informes*.
MAX_ATTACHED_BYTES = 5 * 1024 * 1024
# A mail about many documents names the addresses that failed, up to so many; the PDF has them all.
MAX_RESULTS = 20


@dataclass(frozen=True, slots=True)
class Result:
    """One address and how it fared, in words."""

    address: str
    tone: str
    word: str
    more: str


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
    :param until: when the link ends.
    """
    only = content.sections[0] if len(content.sections) == 1 else None
    whose = only.document.customer.name if only else content.company.name
    subject = " ".join(f"Detalle Historial de {content.title} – {whose}".split())  # noqa: RUF001 - an en dash
    context = {
        "subject": subject,
        "content": content,
        "company": content.company,
        "only": only,
        "files": files,
        "link": settings.PUBLIC_URL + reverse("reports", args=[content.company.nit]),
        **_results(content),
        **_words(report, content, files, attached, until),
    }
    return Rendered(
        sender=mailbox("Traza", settings.DEFAULT_FROM_EMAIL),
        reply_to="",
        subject=subject,
        text=render_to_string("mail/history_report.txt", context),
        html=render_to_string("mail/history_report.html", context),
    )


def _words(
    report: HistoryReport, content: Content, files: Sequence[StoredFile], attached: Sequence[StoredFile], until: datetime
) -> dict[str, str]:
    """Every sentence that depends on who asked, and on what travels with the mail."""
    by = report.requested_by
    own = report.address.lower() == by.email.lower()
    asked_at = moment(report.requested_at)
    movements = "1 movimiento" if content.movements == 1 else f"{thousands(content.movements)} movimientos"
    return {
        "summary": f"{movements}, del {day(content.since)} al {day(content.until)}.",
        "greeting": f"Hola, {by.name.split()[0]}:" if own and by.name else "Hola:",
        "intro": f"Aquí está el informe que {'pediste' if own else f'pidió {by}'} el {asked_at}. {_travels(files, attached)} "
        f"Cubre {movements}, del {day(content.since)} al {day(content.until)}.{_long(content)}",
        "access": f"Se abre con {'tu clave de siempre' if own else f'la clave de {by}'}. El enlace sirve hasta el {day(until)}"
        + ("; lo adjunto no vence." if attached else "."),
        "asked": f"Lo pidió {by} en «Enviar Detalle Historial» el {asked_at}.",
        "stranger": f"{'¿No lo pediste tú?' if own else '¿No esperabas este informe?'} Avisa al administrador de {content.company.name}.",
    }


def _travels(files: Sequence[StoredFile], attached: Sequence[StoredFile]) -> str:
    names = ["el PDF", "el libro de Excel"][: len(files)]
    if len(attached) == len(files):
        return "Va adjunto en PDF." if len(files) == 1 else "Van adjuntos el PDF y el libro de Excel."
    waiting = [name for name, file in zip(names, files, strict=True) if file not in attached]
    sentence = " y ".join(waiting)
    return f"{sentence[0].upper()}{sentence[1:]} no {'cabe' if len(waiting) == 1 else 'caben'} en el correo: descarga desde Mis informes."


def _long(content: Content) -> str:
    return " El PDF trae completos los más nuevos; el libro de Excel, todos." if content.summarised else ""


def _results(content: Content) -> dict[str, Any]:
    """Every address of one document, or the failed ones of many."""
    single = len(content.sections) == 1
    found = [result for section in content.sections for result in _of(section.recipients, "" if single else section.document.number)]
    shown = found if single else found[:MAX_RESULTS]
    rest = len(found) - len(shown)
    return {
        "results_title": "Qué pasó en cada correo" if single else "Correos que fallaron",
        "results": shown,
        "left_out": f"Y {count(rest, 'correo', 'correos')} más, en el PDF." if rest else "",
    }


def _of(cards: Sequence[RecipientCard], number: str) -> Iterator[Result]:
    for card in cards:
        answer, state = card.answer, card.delivery
        if number and not card.failed:
            continue
        more = [number, moment(answer.answered_at if answer else card.since), state.get_source_display()]
        word = answer.get_status_display() if answer else f"{state.get_state_display()}{f': {card.why}' if card.failed else ''}"
        tone = "ok" if answer else STATE_LOOK[state.state][0]
        yield Result(state.address, tone, word, " · ".join(filter(None, more)))
