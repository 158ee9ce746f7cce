"""How a movement of the history is told to the accountant: on the document's page and in the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from invoices.models import Company, ElectronicDocument, HistoryEntry
from notifications.causes import sentence as reason_sentence
from notifications.lives import REACHED, Engagement
from notifications.looks import LOOKS, SAYS_WHO
from notifications.models import Delivery
from notifications.moments import BOGOTA as BOGOTA
from notifications.moments import SAME_TIME
from notifications.moments import ago as ago
from notifications.moments import count as count
from notifications.moments import day_title as day_title
from notifications.moments import local as local
from notifications.moments import moment as moment
from notifications.moments import month_title as month_title
from notifications.moments import two_months as two_months

Event = HistoryEntry.Event
WORDS = ("cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez")
# Who brought a fact, where its name is not simply written with a capital.
PROVIDERS = {
    "amazon_ses": "Amazon SES",
    "arf": "Queja de spam (ARF)",
    "buyer": "Página de confirmación",
    "clock": "Reloj de la plataforma",
    "dsn": "Informe de entrega (DSN)",
    "mail": "Correo recibido",
    "mailersend": "MailerSend",
    "sendgrid": "SendGrid",
    "smtp": "Servidor de salida",
    "sparkpost": "SparkPost",
    "unisender_go": "Unisender Go",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """
    One line of the history in words; every text is plain, never HTML.

    ``title`` and ``tail`` are one sentence, of which the first part is set in bold; ``lines`` explain it; ``recipients`` are
    address and source; ``quote`` is what the buyer wrote; ``technical`` is what the servers said.
    """

    entry: HistoryEntry
    icon: str
    tone: str
    title: str
    tail: str
    by: str
    recipients: Sequence[tuple[str, str]]
    lines: Sequence[str]
    quote: str
    technical: Sequence[str]


def since(delivery: Delivery) -> datetime:
    """When the delivery came into its state, as far as is known."""
    return delivery.known_at or delivery.settled_at or delivery.sent_at or delivery.created_at


def why(delivery: Delivery) -> str:
    """Why it failed or waits, in a sentence, or nothing."""
    return reason_sentence(delivery.reason)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that the state does not say: tone and icon, and the sentence."""

    tone: str
    icon: str
    text: str


TWICE = {True: "Puede haberle llegado dos veces.", False: "No sabemos si salió; puede llegar dos veces."}
ENGAGEMENT = {
    Engagement.MACHINE: "Precarga automática: la abrió una máquina, y no cuenta.",
    Engagement.OPENED: "Apertura probable — no es prueba de lectura.",
    Engagement.CLICKED: "Siguió un enlace del correo — no es prueba de lectura.",
    Engagement.CONFIRMED: "Confirmó con el botón del correo.",
    Engagement.REPLIED: "Respondió el correo.",
}


def flags(delivery: Delivery) -> list[Flag]:
    """What the facts say beside the state, the gravest first."""
    told = (
        (delivery.complained, "bad", "octagon", "El cliente lo marcó como spam."),
        (delivery.returned, "warn", "back", "Devuelto tras aceptación."),
        (delivery.conflict, "warn", "alert", "Hay hechos que se contradicen: revisa."),
        (delivery.uncertain, "warn", "ask", TWICE[delivery.state in REACHED]),
        (delivery.inferred, "mute", "info", "Se deduce de lo que pasó en el buzón: nadie informó la entrega."),
        (delivery.autoresponded, "mute", "auto", "Contestó una máquina: no cuenta como respuesta."),
    )
    return [Flag(tone, icon, text) for holds, tone, icon, text in told if holds]


def engagement(delivery: Delivery) -> str:
    """What was seen in the mailbox, or nothing; never proof that anybody read."""
    return ENGAGEMENT.get(Engagement(delivery.engagement), "")


def auto_confirmed_sentence(document: ElectronicDocument) -> str:
    """The message of an automatic confirmation, with the company's term in words."""
    when = f" el {local(document.auto_confirmed_at):%d/%m/%Y %H:%M}" if document.auto_confirmed_at else ""
    days = document.company.auto_confirm_days
    term = f"{WORDS[days] if days < len(WORDS) else days} {'día' if days == 1 else 'días'}"
    if document.company.auto_confirm_calendar == Company.Calendar.BUSINESS:
        term += " hábil" if days == 1 else " hábiles"
    return (
        f"Confirmado Automáticamente{when}: pasaron más de {term} sin respuesta del cliente. "
        "Es un estado de la plataforma, no la aceptación tácita (034)."
    )


def present(entry: HistoryEntry) -> Movement:
    """Tell one movement."""
    look = LOOKS[Event(entry.event)]
    return Movement(
        entry=entry,
        icon=look.icon,
        tone=look.tone,
        title=look.title(entry),
        tail=look.tail(entry),
        by=_by(entry),
        recipients=[(item["address"], source_label(item["source"])) for item in entry.data.get("addresses", [])],
        lines=[*look.lines(entry), *_note(entry), *_occurred(entry)],
        quote=str(entry.data.get("message", "")),
        technical=_technical(entry),
    )


def sentence(entry: HistoryEntry) -> str:
    """The movement in one plain sentence, without who did it: ``Reenvío a 2 correos``."""
    told = present(entry)
    return f"{told.title}{told.tail}"


def detail(entry: HistoryEntry) -> list[str]:
    """What explains the movement, one line each: addresses with their source, reasons, the note, the buyer's words, the servers' words."""
    told = present(entry)
    quoted = [f"«{told.quote}»"] if told.quote else []
    return [*(f"{address} ({source})" for address, source in told.recipients), *told.lines, *quoted, *told.technical]


def source_label(source: str) -> str:
    """Where an address came from, for its badge."""
    return str(Delivery.Source(source).label)


def provider_label(provider: str) -> str:
    """Who brought a fact: ``Postmark``, ``Informe de entrega (DSN)``."""
    return PROVIDERS.get(provider) or provider.replace("_", " ").capitalize() or "Aviso"


def _by(entry: HistoryEntry) -> str:
    if Event(entry.event) in SAYS_WHO:
        return ""
    if entry.actor_name == "Sistema":
        return "por Sistema" if Event(entry.event) in {Event.NOTIFIED, Event.RESENT} else ""
    return f"por {'la DIAN' if entry.actor_name == 'DIAN' else entry.actor_name}"


def _note(entry: HistoryEntry) -> list[str]:
    note = entry.data.get("note")
    return [f"Nota: {note}"] if note else []


def _occurred(entry: HistoryEntry) -> list[str]:
    if abs(entry.recorded_at - entry.occurred_at) < SAME_TIME:
        return []
    return [f"Ocurrió el {local(entry.occurred_at):%d/%m/%Y %H:%M}."]


def _technical(entry: HistoryEntry) -> list[str]:
    data = entry.data
    lines = [data["reply"]] if data.get("reply") else []
    if data.get("status") and data["status"] not in data.get("reply", ""):
        lines.append(f"Código: {data['status']}")
    if data.get("host"):
        lines.append(f"Servidor: {data['host']}" + (f" · {data['tls']}" if data.get("tls") else ""))
    if data.get("provider"):
        lines.append(f"Lo informó: {provider_label(data['provider'])}")
    return lines
