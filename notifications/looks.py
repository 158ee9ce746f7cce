"""How each movement of the history looks, and what is said beside and below its title."""

from collections.abc import Callable
from dataclasses import dataclass

from invoices.models import HistoryEntry, TitleEvent
from invoices.title_events import CLAIMS, STATES
from notifications.causes import sentence as reason_sentence
from notifications.moments import count, moment

Event = HistoryEntry.Event
UNCERTAIN_WHY = {
    "lost_after_dot": "La conexión se cortó cuando el mensaje ya iba completo. Puede llegar dos veces.",
    "worker_died": "El proceso que lo enviaba se interrumpió. Puede llegar dos veces.",
}
DUPLICATE_WHY = {
    "accepted_twice": "El servidor lo aceptó dos veces: el cliente puede tenerlo repetido.",
    "no_evidence": "No hubo señal de que saliera, y se envía otra vez el mismo mensaje.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one event looks, and what is said beside and below its title."""

    icon: str
    tone: str
    lines: Callable[[HistoryEntry], list[str]] = lambda _: []
    title: Callable[[HistoryEntry], str] = lambda entry: entry.get_event_display()
    tail: Callable[[HistoryEntry], str] = lambda entry: f" · {entry.address}" if entry.address else ""


def _sent(entry: HistoryEntry) -> list[str]:
    late = ["La respuesta llegó tarde."] if entry.data.get("late") else []
    attempt = entry.data.get("attempt", 1)
    return [f"Salió al intento {attempt}.", *late] if attempt > 1 else late


def _next_try(entry: HistoryEntry) -> list[str]:
    again = entry.data.get("next_at")
    return ["El servidor pidió esperar." + (f" Próximo intento: {moment(again)}." if again else "")]


def _reason(entry: HistoryEntry) -> list[str]:
    said = reason_sentence(str(entry.data.get("reason", "")))
    after = ["Devuelto tras aceptación: antes lo había recibido el servidor del cliente."] if entry.data.get("returned") else []
    return [*([said] if said else []), *after, *_conflict(entry)]


def _conflict(entry: HistoryEntry) -> list[str]:
    return ["Contradice otro hecho: quedan los dos a la vista."] if entry.data.get("conflict") else []


def _delivered(entry: HistoryEntry) -> list[str]:
    return ["El servidor del cliente lo recibió. No prueba que lo leyeran ni que esté en la bandeja de entrada.", *_conflict(entry)]


def _sign(*lines: str) -> Callable[[HistoryEntry], list[str]]:
    """What the buyer's side did: it may be all that says that the mail arrived."""
    inferred = "De esto se deduce que le llegó."
    return lambda entry: [*lines, *([inferred] if entry.data.get("inferred") else []), *_conflict(entry)]


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
    _, name = STATES.get(entry.data.get("code", ""), ("", entry.data.get("name", "")))
    claim = CLAIMS.get(entry.data.get("claim_code", ""), "")
    return f" · {name}" + (f" · {claim}" if claim else "") + f", enviado por {entry.actor_name}"


def _verdict(entry: HistoryEntry) -> list[str]:
    """What the rules said of the event when it came; what came later may have changed it."""
    if not entry.data.get("why"):
        return []
    return [f"{TitleEvent.Verdict(entry.data['verdict']).label}: {entry.data['why']}"]


def _claimed(entry: HistoryEntry) -> list[str]:
    claim = CLAIMS.get(entry.data.get("claim_code", ""), "")
    return [f"Reclamo: {claim}. Es una respuesta a la empresa, no el evento 031."] if claim else []


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
    Event.TITLE_EVENT: Look("dian", "info", _verdict, title=_event_title, tail=_event_tail),
    Event.NOTIFIED: Look("send", "info", title=_told("Notificación inicial")),
    Event.NO_ADDRESS: Look("mail-off", "bad", _says("El documento y el cliente no tienen un correo al que se pueda enviar.")),
    Event.RESENT: Look("resend", "info", title=_told("Reenvío")),
    Event.ADDRESS_SAVED: Look("edit", "mute"),
    Event.SENT: Look("check", "mute", _sent),
    Event.RELAYED: Look("check", "mute", _says("El último servidor que lo recibió no informa si llegó al buzón.")),
    Event.DELIVERED: Look("check2", "ok", _delivered),
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
    Event.COMPLAINED: Look("octagon", "bad", _sign("Desde ahora no se le envía: habla con el cliente y reactívalo con una nota.")),
    Event.UNSUBSCRIBED: Look(
        "mail-off", "warn", _sign("Traza le sigue enviando sus facturas; el proveedor de correo puede dejar de hacerlo.")
    ),
    Event.AUTORESPONDED: Look("auto", "mute", _sign("Contestó una máquina: no cuenta como respuesta del cliente.")),
    Event.OPENED: Look("mail", "mute", _sign("No es prueba de lectura.")),
    Event.CLICKED: Look("link", "mute", _sign("Alguien siguió un enlace del correo. No es prueba de lectura.")),
    Event.REPLIED: Look("back", "info", lambda entry: [*_file(entry), *_sign()(entry)]),
    Event.RETRIED: Look("resend", "info"),
    Event.REVIEWED: Look("user-ok", "mute"),
    Event.RESOLVED: Look("ok", "ok", _resolved),
    Event.INVALID_ADDRESS: Look("mail-x", "bad", _says("Todos los correos fueron devueltos: corrige el correo y reenvía."), tail=_nothing),
    Event.PENDING: Look("wait", "mute"),
    Event.CONFIRMED: Look("user-ok", "ok", tail=_answer_tail),
    Event.REJECTED_BY_CUSTOMER: Look("user-x", "bad", _claimed, tail=_answer_tail),
    Event.AUTO_CONFIRMED: Look(
        "auto", "mute", _says("El cliente no respondió en el plazo. Es un estado de la plataforma, no la aceptación tácita (034).")
    ),
    Event.REPORT_REQUESTED: Look("history", "mute", tail=_address_after("para")),
    Event.REPORT_SENT: Look("send", "info", tail=_address_after("a")),
    Event.REPORT_READ: Look("history", "mute", _says("Informe descargado, sin enviarlo por correo.")),
}
