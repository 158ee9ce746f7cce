"""
Why a message did not arrive: what a server or a provider said → reason code, sentence for the accountant, remedy. Pure.

Sources: RFC 3463 (enhanced status codes), RFC 5321 (reply codes), RFC 7372 (5.7.20 to 5.7.29), RFC 7505 (null MX),
IANA registry of SMTP enhanced status codes. 5.4.4 is taken as temporary, as DNS mends itself; once the tries are used up
it is called ``bad_domain``, and the address is not held back.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from notifications.lives import DeliveryState

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
NO_ROUTE = "5.4.4"


class Remedy(StrEnum):
    """What the accountant can do about it; the screen has one button for each."""

    CORRECT = "correct"
    RETRY = "retry"
    WAIT = "wait"
    RELEASE = "release"
    PACKAGE = "package"
    ADMIN = "admin"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One reason: its sentence, what to do and in which words, and whether the address is held back from now on.

    ``state`` is what a final failure with this reason is called.
    """

    sentence: str
    remedy: Remedy
    advice: str
    state: DeliveryState
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a delivery ended or waits: the state that it means, and the reason code."""

    state: DeliveryState
    reason: str


_S = DeliveryState
REASONS = {
    "no_mailbox": Reason(
        "El buzón no existe.", Remedy.CORRECT, "Corrige el correo o usa el de recepción de la DIAN.", _S.BOUNCED, suppress=True
    ),
    "bad_domain": Reason("El dominio no recibe correo.", Remedy.CORRECT, "Revisa lo que va después de la @.", _S.BOUNCED, suppress=True),
    "bad_syntax": Reason("La dirección está mal escrita.", Remedy.CORRECT, "Corrige el correo.", _S.BOUNCED),
    "disabled": Reason("El buzón está deshabilitado.", Remedy.CORRECT, "Pide otro correo al cliente.", _S.BOUNCED, suppress=True),
    "address_change": Reason(
        "El destinatario cambió de correo.", Remedy.CORRECT, "Pide el nuevo correo al cliente.", _S.BOUNCED, suppress=True
    ),
    "mailbox_full": Reason("El buzón está lleno.", Remedy.RETRY, "Avisa al cliente y reintenta en 24 horas.", _S.SOFT_BOUNCED),
    "too_large": Reason("El adjunto es demasiado grande para ese servidor.", Remedy.PACKAGE, "Revisa el paquete.", _S.REJECTED),
    "policy_spam": Reason(
        "El servidor lo bloqueó por política o por parecer spam.",
        Remedy.RETRY,
        "Pide al cliente que autorice el remitente y reintenta.",
        _S.REJECTED,
    ),
    "auth": Reason(
        "Falló la autenticación del remitente (SPF, DKIM o DMARC).",
        Remedy.ADMIN,
        "El administrador debe revisar el DNS del dominio.",
        _S.REJECTED,
    ),
    "policy": Reason("El servidor lo rechazó.", Remedy.RETRY, "Lee la respuesta del servidor y reintenta.", _S.REJECTED),
    "temporary": Reason("El servidor pidió esperar; se vuelve a intentar.", Remedy.WAIT, "No hay que hacer nada.", _S.SOFT_BOUNCED),
    "expired": Reason("Se agotó el tiempo de entrega.", Remedy.RETRY, "Reintenta o usa otro correo.", _S.SOFT_BOUNCED),
    "suppressed": Reason(
        "No se envió: este correo ya había rebotado o se quejó.",
        Remedy.RELEASE,
        "Corrige el correo o reactívalo con una nota.",
        _S.SUPPRESSED,
    ),
    "switched_off": Reason(
        "Una persona desactivó este correo para el cliente.", Remedy.RELEASE, "Actívalo en la ficha del cliente.", _S.SUPPRESSED
    ),
    "poison": Reason("El envío falló tres veces sin explicación.", Remedy.RETRY, "Reintenta; si vuelve a pasar, avísanos.", _S.FAILED),
    "provider": Reason("El proveedor de correo no pudo enviarlo.", Remedy.RETRY, "Reintenta.", _S.FAILED),
    "package": Reason("El paquete pasa de 2 MB.", Remedy.PACKAGE, "Carga un PDF más liviano.", _S.BLOCKED),
    "conformity": Reason(
        "La revisión de conformidad impide el envío.",
        Remedy.READ,
        "Mira la revisión en el documento, corrige y reenvía.",
        _S.BLOCKED,
    ),
    "complaint": Reason("El cliente lo marcó como spam.", Remedy.READ, "Habla con el cliente antes de volver a enviar.", _S.SUPPRESSED),
    "auto_reply": Reason("Respondió un contestador automático.", Remedy.READ, "Lee la respuesta.", _S.DELIVERED),
    "challenge": Reason("El servidor pide confirmar quién envía.", Remedy.READ, "Lee la respuesta.", _S.DELIVERED),
}

# RFC 3463: subject.detail → reason. What is not named falls to its subject, then to the words of the reply.
BY_DETAIL = {
    "1.1": "no_mailbox",
    "1.2": "bad_domain",
    "1.3": "bad_syntax",
    "1.6": "address_change",
    "1.10": "bad_domain",
    "2.1": "disabled",
    "2.2": "mailbox_full",
    "2.3": "too_large",
    "3.4": "too_large",
    "4.7": "expired",
    "7.20": "auth",
    "7.21": "auth",
    "7.22": "auth",
    "7.23": "auth",
    "7.24": "auth",
    "7.25": "auth",
    "7.26": "auth",
    "7.27": "auth",
    "7.28": "policy_spam",
}
# Microsoft says 5.1.10 of a mailbox that is not there, RFC 7505 of a domain that takes no mail: the words decide.
AMBIGUOUS = frozenset({"1.10"})
BY_SUBJECT = {"1": "no_mailbox", "4": "temporary", "6": "policy", "7": "policy_spam"}
# The words of servers that give no code, or a code that says nothing; the first that matches counts.
WORDS = (
    ("auth", re.compile(r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated (?:mail|email)", re.IGNORECASE)),
    (
        "mailbox_full",
        re.compile(r"mailbox (?:is )?full|over ?quota|quota exceeded|buz[oó]n .{0,40}(?:lleno|llena)|cuota|out of storage", re.IGNORECASE),
    ),
    (
        "too_large",
        re.compile(r"too (?:large|big)|message size|size limit|exceed\w* .{0,30}(?:size|limit)|demasiado grande|tama[nñ]o", re.IGNORECASE),
    ),
    (
        "disabled",
        re.compile(
            r"(?:account|mailbox|buz[oó]n|cuenta|user).{0,40}(?:disabled|inactive|suspended|deshabilitad|desactivad|suspendid|inactiv)",
            re.IGNORECASE,
        ),
    ),
    (
        "bad_domain",
        re.compile(
            r"(?:host|domain) .{0,40}not found|nxdomain|unrouteable|no mx|null mx|"
            r"dominio .{0,60}(?:no existe|no se encontr)|no se encontr\w* el (?:dominio|servidor)",
            re.IGNORECASE,
        ),
    ),
    (
        "policy_spam",
        re.compile(r"spam|blacklist|block ?list|blocked|listed|banned|policy|reputation|pol[ií]tica|lista negra|bloquead", re.IGNORECASE),
    ),
    (
        "no_mailbox",
        re.compile(
            r"(?:user|recipient|mailbox|address|account|alias).{0,60}"
            r"(?:unknown|not found|no(?:t|n)[ -]?exist|does not exist|invalid|no such)|"
            r"(?:unknown|invalid|no such|nonexistent) (?:\w+ )?(?:user|recipient|mailbox|address)|"
            r"(?:usuario|destinatario|buz[oó]n|direcci[oó]n|cuenta).{0,60}(?:no existe|desconocid|no encontrad|inv[aá]lid)|"
            r"(?:usuario|direcci[oó]n|cuenta).{0,60}no (?:es )?v[aá]lid|"
            r"mailbox unavailable|buz[oó]n no disponible|(?:user|recipient).{0,20}(?:does not|doesn.t) have|"
            r"no existe .{0,20}(?:usuario|buz[oó]n|cuenta|direcci[oó]n)|no longer on server",
            re.IGNORECASE,
        ),
    ),
    ("expired", re.compile(r"timed out|expired|retry time|tiempo .{0,20}agotad|too old", re.IGNORECASE)),
)


def sentence(reason: str) -> str:
    """The reason in one sentence, or nothing for a code that is not ours."""
    return REASONS[reason].sentence if reason in REASONS else ""


def enhanced(text: str) -> str:
    """The first enhanced status code in the text, ``5.1.1``, or nothing. An address such as 192.0.2.5 is none."""
    match = ENHANCED.search(text)
    return ".".join(str(int(part)) for part in match.groups()) if match else ""


def by_words(text: str) -> str:
    """The reason that the words of a reply give, or nothing."""
    return next((reason for reason, pattern in WORDS if pattern.search(text)), "")


def cause_of(reason: str) -> Cause:
    """The reason with the state that it means when nothing more is tried."""
    return Cause(REASONS[reason].state, reason)


def status_cause(status: str, *, text: str = "", action: str = "failed") -> Cause:
    """
    The cause of a final failure, or of a delay, from an RFC 3463 code and the server's words.

    :param status: ``5.1.1``; may be empty, then the code in the text counts. :param action: RFC 3464; ``delayed`` is always
        temporary. :param text: the diagnostic, as the server wrote it.
    """
    status = enhanced(status) or enhanced(text)
    if action == "delayed":
        return Cause(DeliveryState.DEFERRED, "mailbox_full" if _detail(status) == "2.2" else "temporary")
    reason = _reason(status, text)
    if status == NO_ROUTE:
        return Cause(DeliveryState.SOFT_BOUNCED, "bad_domain")
    if status.startswith("4.") or reason == "temporary":  # given up on after temporary errors: the address may be right
        return Cause(DeliveryState.SOFT_BOUNCED, reason if reason in {"mailbox_full", "expired", "bad_domain"} else "expired")
    return cause_of(reason)


def _detail(status: str) -> str:
    return status.partition(".")[2]


def _reason(status: str, text: str) -> str:
    """By the exact code; else by the words; else by the subject of the code; a refusal that says nothing is ``policy``."""
    detail = _detail(status)
    if detail in AMBIGUOUS and (said := by_words(text)):
        return said
    if detail in BY_DETAIL:
        return BY_DETAIL[detail]
    return by_words(text) or BY_SUBJECT.get(detail.partition(".")[0], "") or "policy"


# What a delay may still be called when its tries are used up; any other reason would claim more than a delay says.
TIRED = frozenset({"mailbox_full", "bad_domain", "expired"})
# The one word of a provider that took nothing (Anymail's statuses).
API_ANSWERS = {"invalid": "bad_syntax", "rejected": "suppressed", "failed": "provider"}


def tired_cause(code: int | None, reply: str, *, phase: str) -> Cause:
    """The cause when the tries are used up, and the last of them ended in a delay."""
    if phase == "prepare":  # an error of ours: no server said anything
        return cause_of("poison")
    reason = smtp_cause(code, reply, phase=phase).reason
    return Cause(DeliveryState.SOFT_BOUNCED, reason if reason in TIRED else "expired")


def smtp_cause(code: int | None, reply: str, *, phase: str) -> Cause:
    """
    The cause of a 5xx reply in our own conversation; ``phase`` is mail, rcpt, data or dot.

    A bare 550 to RCPT speaks of the address (RFC 5321, section 4.2.3), a bare 552 of the size.
    """
    if phase == "api" and reply in API_ANSWERS:
        return cause_of(API_ANSWERS[reply])
    if enhanced(reply) or by_words(reply):
        return status_cause("", text=reply)
    if code in {550, 551, 553} and phase == "rcpt":
        return cause_of("no_mailbox")
    return cause_of("too_large" if code == 552 else "policy")
