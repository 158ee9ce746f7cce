"""The actions of one document, in their order and with their exact labels; what cannot be done says why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from invoices import policies
from invoices.models import ElectronicDocument, Membership

Delivery = ElectronicDocument.Delivery
# What repairs a delivery, in the words of a button.
REMEDIES = {
    Delivery.PROBLEM: "Corregir y reenviar",
    Delivery.PARTIAL: "Corregir y reenviar",
    Delivery.NO_ADDRESS: "Agregar correo y notificar",
}


@dataclass(frozen=True, slots=True)
class Action:
    """
    One entry of *Acciones*.

    ``reason`` is why it cannot be done, or empty; ``group`` draws the dividers; ``dialog`` opens over the page where there
    is a script, and is a page of its own where there is none.
    """

    name: str
    label: str
    url: str
    icon: str
    reason: str = ""
    note: str = ""
    group: int = 0
    dialog: bool = False


def row_actions(document: ElectronicDocument, membership: Membership, now: datetime) -> list[Action]:
    """
    All of them, done or not; asks the database nothing.

    :param document: with ``has_pdf`` annotated (``selectors.documents``).
    """
    address = [membership.company.nit, document.pk]
    return [
        Action(
            "acknowledgements",
            "Ver Acuses de Recibo Cliente",
            reverse("acknowledgements", args=address),
            "mail",
            _why_no_acknowledgement(document),
            dialog=True,
        ),
        Action(
            "dian_response",
            "Ver Acuse de Recibo DIAN",
            reverse("dian_response", args=address),
            "dian",
            policies.why_no_dian_response(document),
            note=_rules_note(document),
            dialog=True,
        ),
        Action("document", "Ver Detalle Historial", reverse("document", args=address), "history", policies.why_no_history(document, now)),
        Action(
            "history_report",
            "Enviar Detalle Historial",
            reverse("history_report", args=address),
            "send",
            policies.why_no_report(document, now),
            dialog=True,
        ),
        Action(
            "resend",
            "Reenviar Notificación",
            reverse("resend", args=address),
            "resend",
            policies.why_not_resent(document, membership),
            group=1,
            dialog=True,
        ),
        *_downloads(document, address),
    ]


def best_action(document: ElectronicDocument, actions: Iterable[Action]) -> Action | None:
    """The one action that fits the document's state, beside *Acciones* on a phone: repair what failed, else look."""
    possible = {action.name: action for action in actions if not action.reason}
    remedy = REMEDIES.get(Delivery(document.delivery_status))
    if remedy and "resend" in possible and not document.customer.is_final_consumer:
        return replace(possible["resend"], label=remedy)
    return possible.get("document")


def _downloads(document: ElectronicDocument, address: list[object]) -> list[Action]:
    no_pdf = "" if getattr(document, "has_pdf", True) else "Se cargó sin representación gráfica."
    return [
        Action(f"download_{part}", label, reverse("document_file", args=[*address, part]), icon, reason, group=2)
        for part, label, icon, reason in (
            ("xml", "Descargar XML", "file", ""),
            ("pdf", "Descargar PDF", "file", no_pdf),
            ("zip", "Descargar ZIP", "box", ""),
        )
    ]


def _why_no_acknowledgement(document: ElectronicDocument) -> str:
    if document.delivery_status in {Delivery.NONE, Delivery.NO_ADDRESS}:
        return "Todavía no se ha notificado al cliente."
    return ""


def _rules_note(document: ElectronicDocument) -> str:
    codes = [str(rule["code"]) for rule in document.dian_rules]
    if not codes:
        return ""
    kind = "error" if document.dian_status == ElectronicDocument.Dian.REJECTED else "notificación"
    plural = {"error": "errores", "notificación": "notificaciones"}[kind] if len(codes) > 1 else kind
    shown = ", ".join(codes[:3])
    return f"{len(codes)} {plural}: {shown}{'…' if len(codes) > 3 else ''}"
