"""
Bounces that are no report by RFC 3464: whom and why, out of the words. Own rules first, flufl.bounce for the old formats after them.

Own rules: the header ``X-Failed-Recipients`` (Exim, Gmail); an address alone on its line or before a colon, with the server's
answer below it; the one address that is named at all; the address that our returned message was for.
"""

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from notifications.causes import by_words, enhanced
from notifications.returned import original, parts
from notifications.returned.types import Original, ReturnedRecipient

logger = logging.getLogger(__name__)
MAX_RECIPIENTS = 50
MOST_OLD_LINES = 1000  # flufl.bounce tries every line with hundreds of patterns
ADDRESS = re.compile(r"[A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
OWN_LINE = re.compile(
    rf"^[ \t>*-]{{0,20}}(?:to|para|destinatario)?[: \t]{{0,20}}<?({ADDRESS.pattern})>?"
    r"[ \t]{0,20}(?:\([^()\n]{0,200}\)[ \t]{0,20})?(?::.*|,)?$",
    re.MULTILINE | re.IGNORECASE,
)
REPLY = re.compile(r"(?<![\d.#:/-])[45][0-7]\d(?:[ -]#?[245]\.\d{1,3}\.\d{1,3}|[ -](?=\S))")
SENDERS = re.compile(r"mailer-?daemon|mail-?daemon|postmaster|mdaemon|mail-?delivery|mail[.-]?system|bounces?|microsoftexchange.*")
SUBJECT = parts.any_of(
    r"undeliver|not delivered|failure notice|returned (?:mail|to sender)|delayed mail|warning: (?:message|could not)",
    r"delivery (?:status|fail|has failed|report|delayed|notif)|delivery .{0,20}(?:fail|delay)|mail (?:delivery|system) (?:fail|error)",
    r"no (?:se )?(?:pudo|puede|ha podido|fue posible|es posible) .{0,10}entreg|no entregad|no se entreg|sin entregar",
    r"devuelto|devoluci[oó]n de(?:l)? (?:correo|mensaje)|rebotad|notificaci[oó]n .{0,20}entrega",
    r"(?:fall[oó]|error|problema|retraso|demora) .{0,20}(?:entrega|env[ií]o)|entrega .{0,30}(?:fallid|retrasad|demorad)",
)
WAITS = parts.any_of(
    r"(?:will|continue to|keep) (?:be )?(?:retr|try)|still (?:being retried|trying)|has been delayed|do not need to resend",
    r"not yet been delivered",
    r"(?:seguir[aá]|seguiremos|continuar[aá]|volver[aá]|intentar[aá]).{0,30}(?:intent|entreg)",
    r"a[uú]n no (?:se )?ha (?:sido|podido)|(?:todav[ií]a|a[uú]n) no .{0,30}entreg|no es necesario .{0,20}reenv|demorad|retrasad",
)


def looks_returned(message: Message) -> bool:
    """Whether the mail says of itself that a server wrote it about a mail that did not pass."""
    if parts.value(message, "X-Failed-Recipients"):
        return True
    local = parts.address(parts.value(message, "From")).partition("@")[0].lower()
    return SENDERS.fullmatch(local) is not None or SUBJECT.search(parts.value(message, "Subject")) is not None


def recipients(message: Message, returned: Original, raw: bytes) -> tuple[ReturnedRecipient, ...]:
    """Whom the bounce speaks of, and what it says; nobody where it names nobody. :param raw: the mail, for the readers of old formats."""
    said, _ = original.split(words(message))
    addresses = _named(message, said, returned)
    if addresses:
        return tuple(_recipient(address, said, alone=len(addresses) == 1) for address in addresses[:MAX_RECIPIENTS])
    return _by_flufl(raw, said)


def words(message: Message) -> str:
    """What the mail says to a reader: its plain text, or its HTML where it has no other; not the mails inside it."""
    plain, rich = list[str](), list[str]()
    for part in _outside(message):
        if part.get_content_maintype() == "text" and parts.kind(part) != "text/rfc822-headers":
            (rich if parts.kind(part) == "text/html" else plain).append(parts.text(part))
    return ("\n".join(part for part in plain if part.strip()) or "\n".join(rich))[: parts.MAX_TEXT]


def _outside(message: Message) -> list[Message]:
    inner: set[int] = set()
    outside = []
    for part in parts.walk(message):
        if id(part) in inner or parts.kind(part).startswith("message/"):
            inner.update(id(child) for child in parts.inside(part))
        if id(part) not in inner:
            outside.append(part)
    return outside


def _named(message: Message, said: str, returned: Original) -> list[str]:
    ours = {parts.address(value).lower() for name in ("From", "To", "Reply-To", "Return-Path") for value in parts.values(message, name)}
    for found in (
        [address for value in parts.values(message, "X-Failed-Recipients") for address in ADDRESS.findall(value)],
        [match[1] for match in OWN_LINE.finditer(said)],
        [returned.recipient] if returned.recipient else [],
        _only_one(ADDRESS.findall(said), ours),
    ):
        rest = list(dict.fromkeys(address for address in found if address.lower() not in ours))
        if rest:
            return rest
    return []


def _only_one(found: list[str], ours: set[str]) -> list[str]:
    rest = {
        address.lower(): address
        for address in found
        if address.lower() not in ours and not SENDERS.fullmatch(address.partition("@")[0].lower())
    }
    return list(rest.values()) if len(rest) == 1 else []


def _recipient(address: str, said: str, *, alone: bool) -> ReturnedRecipient:
    about = said if alone else _about(address, said)
    diagnostic = _diagnostic(about)
    status = enhanced(diagnostic) or enhanced(about)
    return ReturnedRecipient(address=address, action=_action(status, diagnostic, about), status=status, diagnostic=diagnostic)


def _about(address: str, said: str) -> str:
    """From the address to the next one that stands on a line of its own."""
    starts = list(OWN_LINE.finditer(said))
    here = next((match for match in starts if match[1].lower() == address.lower()), None)
    if here is None:
        return said
    after = next((match.start() for match in starts if match.start() > here.start() and match[1].lower() != address.lower()), len(said))
    return said[here.start() : after]


def _diagnostic(about: str) -> str:
    """The server's own line: from its reply code to the end of the paragraph; else the sentence that tells why; else the first words."""
    reply = REPLY.search(about)
    if reply:
        return parts.line(re.split(r"\n[ \t]*\n", about[reply.start() :], maxsplit=1)[0])
    blocks = [block for block in re.split(r"\n[ \t]*\n", about) if block.strip()]
    telling = [block for block in blocks if by_words(block)] or [block for block in blocks if OWN_LINE.search(block)] or blocks or [""]
    return parts.line(telling[0])[:500]


def _action(status: str, diagnostic: str, about: str) -> str:
    family = status[:1] or (diagnostic[:1] if REPLY.match(diagnostic) else "")
    if family == "5":
        return "failed"
    return "delayed" if WAITS.search(about) else "failed"


def _by_flufl(raw: bytes, said: str) -> tuple[ReturnedRecipient, ...]:
    try:
        temporary, permanent = all_failures(parts.parse(b"\n".join(raw[:100_000].split(b"\n")[:MOST_OLD_LINES])))
    except Exception:  # its detectors read what strangers wrote, and fail in many ways
        logger.warning("flufl.bounce could not read a mail", exc_info=True)
        return ()
    diagnostic = _diagnostic(said)
    found = [(address, "failed") for address in permanent] + [(address, "delayed") for address in temporary - permanent]
    return tuple(
        ReturnedRecipient(
            address=parts.line(parts.decode(address))[:320], action=action, status=enhanced(diagnostic), diagnostic=diagnostic
        )
        for address, action in sorted(found)[:MAX_RECIPIENTS]
    )
