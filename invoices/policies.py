"""What may be done with a document, and if not, why: each answer is the reason in Spanish, or an empty text."""

from datetime import datetime

from invoices import history
from invoices.models import ElectronicDocument, Membership

# Documentos equivalentes and their notes: notified when they carry an address.
EQUIVALENTS = frozenset({"20", "25", "27", "32", "35", "40", "45", "50", "55", "60", "93", "94"})
CONTINGENCY_DIAN = "04"
READS_ONLY = "Tu rol (Auditor) solo consulta."


def why_not_notified(document: ElectronicDocument) -> str:
    """Only what DIAN accepted is notified; 04 goes out before DIAN answers (Anexo Técnico 1.9), equivalents likewise."""
    if document.dian_status == ElectronicDocument.Dian.REJECTED:
        return "La DIAN lo rechazó: no se notifica al cliente."
    if document.accepted_by_dian or document.type_code == CONTINGENCY_DIAN or document.type_code in EQUIVALENTS:
        return ""
    return "Solo se notifican documentos aceptados por la DIAN."


def why_not_resent(document: ElectronicDocument, membership: Membership) -> str:
    """Whoever only reads sends nothing."""
    return why_not_notified(document) if membership.writes else READS_ONLY


def why_no_history(document: ElectronicDocument, now: datetime) -> str:
    """*Ver Detalle Historial*: DIAN confirmed it, and something happened in the current or the previous month."""
    if not document.accepted_by_dian:
        return "Solo documentos que la DIAN confirmó."
    if not history.moved_in_window(document, now):
        return f"No tiene movimientos desde el {history.window_start(now):%d/%m/%Y}: pídelo con Enviar Detalle Historial."
    return ""


def why_no_report(document: ElectronicDocument, now: datetime) -> str:
    """*Enviar Detalle Historial*: something happened before the window."""
    if history.moved_before_window(document, now):
        return ""
    return f"No tiene movimientos de antes del {history.window_start(now):%d/%m/%Y}: se ve en Ver Detalle Historial."


def why_no_dian_response(document: ElectronicDocument) -> str:
    """*Ver Acuse de Recibo DIAN*: DIAN answered."""
    answered = document.accepted_by_dian or document.dian_status == ElectronicDocument.Dian.REJECTED
    return "" if answered else "La DIAN no ha respondido."
