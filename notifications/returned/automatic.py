"""
Answers of machines: holiday notes, notes of a new address, challenges, read receipts.

Sources: RFC 3834 (Auto-Submitted), RFC 8098 (disposition notifications), and the headers that came before them.
"""

from email.message import Message

from notifications.returned import parts

HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Vacation", "X-MS-Exchange-Inbox-Rules-Loop")
PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply"})
SUBJECT = parts.any_of(
    r"^\W*(?:respuesta autom[aá]tica|autorespuesta|contestador autom[aá]tico|auto(?:matic)?[ -]?(?:reply|response|respuesta))",
    r"^\W*(?:fuera de (?:la )?oficina|out of (?:the )?office|en vacaciones|ausencia)",
    r"^\W*(?:le[ií]do:|read:|acuse de lectura)",
)
MOVED = parts.any_of(
    r"no (?:labora|trabaja|hace parte|pertenece|se encuentra vinculad)",
    r"cambi\w+ (?:de|mi|nuestr\w|el) (?:\w+ )?(?:correo|direcci[oó]n|e-?mail)",
    r"nuev[oa] (?:direcci[oó]n de )?(?:correo|e-?mail|direcci[oó]n)",
    r"no longer (?:with|work|employed)",
    r"new (?:e-?mail )?address",
    r"has changed (?:his|her|their)",
)
CHALLENGE = parts.any_of(
    r"(?:confirm|verif)\w* .{0,60}(?:remitente|identidad|human|sender|eres una persona)",
    r"challenge|boxbe|spam ?arrest|lista de remitentes permitidos",
    r"(?:haz|haga) clic .{0,80}(?:entregar|liberar) .{0,20}mensaje",
)


def is_automatic(message: Message) -> bool:
    """Whether a machine answered."""
    submitted = parts.value(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted.startswith("auto-replied") or is_receipt(message):
        return True
    if any(parts.value(message, name).lower() not in {"", "no"} for name in HEADERS):
        return True
    return parts.value(message, "Precedence").lower() in PRECEDENCE or SUBJECT.search(parts.value(message, "Subject")) is not None


def is_receipt(message: Message) -> bool:
    """Whether a mail program says what became of the mail: that it was shown, or deleted."""
    return any(parts.kind(part) == "message/disposition-notification" for part in parts.walk(message))


def reason(text: str) -> str:
    """What the answer says, as a reason code: challenge, address_change, or only auto_reply."""
    if CHALLENGE.search(text):
        return "challenge"
    return "address_change" if MOVED.search(text) else "auto_reply"
