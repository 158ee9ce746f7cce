"""Error → class → when next. Pure."""

import random
import re
from dataclasses import dataclass
from datetime import timedelta

from notifications.lives import DeliveryState

# 12 tries over about 59 hours; each wait is spread by a quarter so that a thousand rows do not come back together.
SCHEDULE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360, 720, 720, 720, 720))
MAX_TRIES = len(SCHEDULE) + 1
SPREAD = 0.25
BREAKER = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 180, 600, 900))
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def next_wait(attempts: int, *, rng: random.Random | None = None) -> timedelta | None:
    """
    How long to wait after the given number of counted tries, or None when they are used up.

    :param rng: chance, for a test that wants the same numbers twice.
    """
    if attempts >= MAX_TRIES:
        return None
    source = rng or random.SystemRandom()
    return SCHEDULE[attempts - 1] * source.uniform(1 - SPREAD, 1 + SPREAD)


def breaker_wait(failures: int) -> timedelta:
    """How long a channel rests after its n-th failure in a row."""
    return BREAKER[min(failures, len(BREAKER)) - 1]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a delivery ended, as a code; ``SENTENCES`` says it to the accountant."""

    state: DeliveryState
    reason: str


def permanent_cause(code: int, reply: str, *, phase: str) -> Cause:
    """
    What a 5xx reply says: the address is wrong, or the message is not wanted.

    The whole classifier follows with the facts from outside; here 5.1.x, 5.2.1 and a bare 550 to RCPT mean the address
    (RFC 3463, sections 3.2 and 3.3), any other 5xx means policy.
    """
    match = ENHANCED.search(reply)
    if match:
        subject, detail = match.group(2), match.group(3)
        if subject == "1":
            return Cause(
                DeliveryState.BOUNCED,
                {"1": "no_mailbox", "2": "bad_domain", "3": "bad_syntax", "10": "bad_domain"}.get(detail, "no_mailbox"),
            )
        if (subject, detail) == ("2", "1"):
            return Cause(DeliveryState.BOUNCED, "disabled")
        if (subject, detail) in {("2", "3"), ("3", "4")}:
            return Cause(DeliveryState.REJECTED, "too_large")
        return Cause(DeliveryState.REJECTED, "policy")
    if code == 550 and phase == "rcpt":
        return Cause(DeliveryState.BOUNCED, "no_mailbox")
    return Cause(DeliveryState.REJECTED, "too_large" if code == 552 else "policy")


SENTENCES = {
    "no_mailbox": "El buzón no existe.",
    "bad_domain": "El dominio no recibe correo.",
    "bad_syntax": "La dirección está mal escrita.",
    "disabled": "El buzón está deshabilitado.",
    "too_large": "El adjunto es demasiado grande para ese servidor.",
    "policy": "El servidor lo rechazó por política.",
    "temporary": "El servidor pidió esperar; se vuelve a intentar.",
    "expired": "Se agotaron los intentos de entrega.",
    "poison": "El envío falló tres veces sin explicación.",
    "switched_off": "Una persona desactivó este correo para el cliente.",
    "package": "El paquete pasa de 2 MB.",
}
