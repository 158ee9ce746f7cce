"""How a movement of the history is told to the accountant: on the document's page and in the report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from invoices.models import Company, ElectronicDocument, HistoryEntry
from notifications.causes import sentence as reason_sentence
from notifications.models import Delivery

BOGOTA = ZoneInfo("America/Bogota")
Event = HistoryEntry.Event
DAYS = ("Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado", "Domingo")
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre")
WORDS = ("cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez")
# What happened within this time of its recording is told with one time.
SAME_TIME = timedelta(minutes=2)
UNCERTAIN_WHY = {
    "lost_after_dot": "La conexión se cortó cuando el mensaje ya iba completo. Puede llegar dos veces.",
    "worker_died": "El proceso que lo enviaba se interrumpió. Puede llegar dos veces.",
}
DUPLICATE_WHY = {
    "accepted_twice": "El servidor lo aceptó dos veces: el cliente puede tenerlo repetido.",
    "no_evidence": "No hubo señal de que saliera, y se envía otra vez el mismo mensaje.",
}
CLAIMS = {
    "01": "Documento con inconsistencias",
    "02": "Mercancía no entregada totalmente",
    "03": "Mercancía no entregada parcialmente",
    "04": "Servicio no prestado",
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


@dataclass(frozen=True, slots=True)
class Look:
    """How one event looks, and what is said beside and below its title."""

    icon: str
    tone: str
    lines: Callable[[HistoryEntry], list[str]] = lambda _: []
    title: Callable[[HistoryEntry], str] = lambda entry: entry.get_event_display()
    tail: Callable[[HistoryEntry], str] = lambda entry: f" · {entry.address}" if entry.address else ""


def local(moment: datetime) -> datetime:
    """The moment in America/Bogota."""
    return moment.astimezone(BOGOTA)


def day_title(moment: datetime) -> str:
    """``Jueves 19/03/2026``."""
    return f"{DAYS[local(moment).weekday()]} {local(moment):%d/%m/%Y}"


def month_title(moment: datetime) -> str:
    """``marzo de 2026``."""
    return f"{MONTHS[local(moment).month - 1]} de {local(moment).year}"


def two_months(first: datetime, last: datetime) -> str:
    """``febrero y marzo de 2026``, ``diciembre de 2025 y enero de 2026``."""
    if local(first).year != local(last).year:
        return f"{month_title(first)} y {month_title(last)}"
    return f"{MONTHS[local(first).month - 1]} y {month_title(last)}"


def moment(iso: str) -> str:
    """``dd/mm/aaaa hh:mm`` of a time kept in the data of a movement."""
    return f"{local(datetime.fromisoformat(iso)):%d/%m/%Y %H:%M}"


def ago(moment: datetime, now: datetime) -> str:
    """``hoy``, ``ayer``, ``hace 3 días``: by the days of America/Bogota."""
    days = (local(now).date() - local(moment).date()).days
    return ("hoy", "ayer")[days] if 0 <= days < 2 else f"hace {days} días"


def since(delivery: Delivery) -> datetime:
    """When the delivery came into its state, as far as is known."""
    return delivery.settled_at or delivery.sent_at or delivery.created_at


def why(delivery: Delivery) -> str:
    """Why it failed or waits, in a sentence, or nothing."""
    return reason_sentence(delivery.reason)


def count(number: int, one: str, many: str) -> str:
    """``1 correo``, ``2 correos``."""
    return f"{number} {one if number == 1 else many}"


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
    if data.get("host"):
        lines.append(f"Servidor: {data['host']}" + (f" · {data['tls']}" if data.get("tls") else ""))
    return lines


def _sent(entry: HistoryEntry) -> list[str]:
    late = ["La respuesta llegó tarde."] if entry.data.get("late") else []
    attempt = entry.data.get("attempt", 1)
    return [f"Salió al intento {attempt}.", *late] if attempt > 1 else late


def _next_try(entry: HistoryEntry) -> list[str]:
    again = entry.data.get("next_at")
    return ["El servidor pidió esperar." + (f" Próximo intento: {moment(again)}." if again else "")]


def _reason(entry: HistoryEntry) -> list[str]:
    said = reason_sentence(str(entry.data.get("reason", "")))
    return [said] if said else []


def _delivered(entry: HistoryEntry) -> list[str]:
    if entry.data.get("inferred"):
        return ["Se deduce de lo que hizo el destinatario."]
    return ["El servidor del cliente lo recibió. No prueba que lo leyeran."]


def _resolved(entry: HistoryEntry) -> list[str]:
    return [f"El documento le llegó a {entry.data['by_address']}."] if entry.data.get("by_address") else []


def _rules(entry: HistoryEntry) -> list[str]:
    return [f"{rule['code']}: {rule['message']}" for rule in entry.data.get("rules", [])]


def _why(reasons: dict[str, str]) -> Callable[[HistoryEntry], list[str]]:
    return lambda entry: [reasons[entry.data["why"]]] if entry.data.get("why") in reasons else []


def _says(*lines: str) -> Callable[[HistoryEntry], list[str]]:
    return lambda _: list(lines)


def _told(what: str) -> Callable[[HistoryEntry], str]:
    return lambda entry: f"{what} a {count(len(entry.data.get('addresses', [])), 'correo', 'correos')}"


def _file(entry: HistoryEntry) -> list[str]:
    return [f"Archivo: {entry.data['file']}"] if entry.data.get("file") else []


def _nothing(_: HistoryEntry) -> str:
    return ""


def _event_title(entry: HistoryEntry) -> str:
    return f"Evento {entry.data.get('code', '')}".strip()


def _event_tail(entry: HistoryEntry) -> str:
    claim = CLAIMS.get(entry.data.get("claim_code", ""), "")
    return f" · {entry.data.get('name', '')}, enviado por {entry.actor_name} a la DIAN" + (f" · {claim}" if claim else "")


def _answer_tail(entry: HistoryEntry) -> str:
    if not entry.address or entry.address == entry.actor_name:
        return f" · {entry.actor_name}"
    return f" · {entry.actor_name}, desde {entry.address}"


def _address_after(word: str) -> Callable[[HistoryEntry], str]:
    return lambda entry: f" {word} {entry.address}" if entry.address else ""


# Events whose sentence names the one who acted.
SAYS_WHO = frozenset({Event.TITLE_EVENT, Event.CONFIRMED, Event.REJECTED_BY_CUSTOMER})
LOOKS: dict[HistoryEntry.Event, Look] = {
    Event.IMPORTED: Look("up", "mute", _file),
    Event.COMPLETED: Look("up", "mute", _file),
    Event.CONFLICT: Look("alert", "warn", lambda entry: [*_file(entry), "No se cambió nada: una persona debe decidir cuál vale."]),
    Event.DIAN_ACCEPTED: Look("ok", "ok", _rules),
    Event.DIAN_NOTICES: Look("note", "ok", _rules),
    Event.DIAN_REJECTED: Look("octagon", "bad", _rules),
    Event.TITLE_EVENT: Look("dian", "info", title=_event_title, tail=_event_tail),
    Event.NOTIFIED: Look("send", "info", title=_told("Notificación inicial")),
    Event.NO_ADDRESS: Look("mail-off", "bad", _says("El documento y el cliente no tienen un correo al que se pueda enviar.")),
    Event.RESENT: Look("resend", "info", title=_told("Reenvío")),
    Event.ADDRESS_SAVED: Look("edit", "mute"),
    Event.SENT: Look("check", "mute", _sent),
    Event.RELAYED: Look("check", "mute", _says("El último servidor que lo recibió no informa si llegó al buzón.")),
    Event.DELIVERED: Look("check", "ok", _delivered),
    Event.UNCONFIRMED: Look("ask", "mute", _says("Nadie confirmó la entrega en 72 horas. No es un error: puede haber llegado.")),
    Event.DEFERRED: Look("clock", "warn", _next_try),
    Event.SOFT_BOUNCED: Look("back", "warn", _reason),
    Event.BOUNCED: Look("mail-x", "bad", _reason),
    Event.REJECTED: Look("shield-x", "bad", _reason),
    Event.FAILED: Look("alert", "bad", _reason),
    Event.BLOCKED: Look("alert", "bad", _reason),
    Event.SUPPRESSED: Look("ban", "bad", _reason),
    Event.CANCELED: Look("ban", "mute"),
    Event.UNCERTAIN: Look("ask", "warn", _why(UNCERTAIN_WHY)),
    Event.DUPLICATE: Look("copy", "warn", _why(DUPLICATE_WHY)),
    Event.COMPLAINED: Look("octagon", "bad", _says("Desde ahora no se le envía: habla con el cliente y reactívalo con una nota.")),
    Event.UNSUBSCRIBED: Look("ban", "warn", _says("El proveedor puede dejar de entregarle correos.")),
    Event.AUTORESPONDED: Look("wait", "mute", _says("El correo llegó; contestó una máquina y no cuenta como respuesta.")),
    Event.OPENED: Look("note", "mute", _says("Apertura probable: no es prueba de lectura.")),
    Event.CLICKED: Look("note", "mute", _says("Alguien siguió un enlace del correo: no es prueba de lectura.")),
    Event.REPLIED: Look("user-ok", "info", _file),
    Event.RETRIED: Look("resend", "info"),
    Event.REVIEWED: Look("user-ok", "mute"),
    Event.RESOLVED: Look("ok", "ok", _resolved),
    Event.INVALID_ADDRESS: Look("mail-x", "bad", _says("Todos los correos fueron devueltos: corrige el correo y reenvía."), tail=_nothing),
    Event.PENDING: Look("wait", "mute"),
    Event.CONFIRMED: Look("user-ok", "ok", tail=_answer_tail),
    Event.REJECTED_BY_CUSTOMER: Look("user-x", "bad", tail=_answer_tail),
    Event.AUTO_CONFIRMED: Look(
        "auto", "mute", _says("El cliente no respondió en el plazo. Es un estado de la plataforma, no la aceptación tácita (034).")
    ),
    Event.REPORT_REQUESTED: Look("history", "mute", tail=_address_after("para")),
    Event.REPORT_SENT: Look("send", "info", tail=_address_after("a")),
    Event.REPORT_READ: Look("history", "mute", _says("Informe descargado, sin enviarlo por correo.")),
}
