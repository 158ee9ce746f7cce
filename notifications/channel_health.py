"""How a channel fares, in the words of whoever must mend it. Pure but for the rows that it is given."""

import re
from dataclasses import dataclass
from datetime import datetime

from notifications.models import ChannelHealth


@dataclass(frozen=True, slots=True)
class Health:
    """``tone`` is that of a chip: ok, warn or bad; ``raw`` is what the server said, for *Ver detalle técnico*."""

    tone: str
    title: str
    cause: str = ""
    remedy: str = ""
    until: datetime | None = None
    raw: str = ""


# What servers and token endpoints say, in the order in which it is looked for; then what it means and what to do.
FAULTS = (
    (
        r"5\.7\.30|basic authentication is disabled",
        "Microsoft ya no acepta contraseñas para enviar.",
        "Agrega un canal «Microsoft 365» y elígelo.",
    ),
    (
        r"invalid_grant|AADSTS70008|AADSTS700082",
        "El permiso para enviar desde el buzón venció o lo retiraron.",
        "Vuelve a dar el permiso en Google o Microsoft y escribe aquí el token nuevo.",
    ),
    (
        r"invalid_client|unauthorized_client|AADSTS7000\d+",
        "Google o Microsoft no aceptaron la aplicación: su identificador o su secreto no sirven.",
        "Crea un secreto nuevo en el portal de la aplicación y escríbelo aquí.",
    ),
    (
        r"AADSTS90002|AADSTS900023",
        "Microsoft no conoce el directorio (inquilino).",
        "Copia otra vez el Id. de directorio de la aplicación.",
    ),
    (
        r"No se pudo pedir el permiso de acceso",
        "No pudimos comunicarnos con Google o Microsoft para pedir el permiso.",
        "Suele pasar solo; volvemos a probar.",
    ),
    (
        r"5\.2\.252|5\.7\.60|SendAsDenied|not authorized to send|sender address rejected|sender not allowed",
        "La cuenta no puede enviar con ese remitente.",
        "Usa como remitente el correo de la cuenta, o dale a la cuenta permiso de «enviar como».",
    ),
    (
        r"\b(?:530|534|535|538)\b|5\.7\.[389]\b|authentication|credentials",
        "El servidor no aceptó el usuario o la contraseña.",
        "Escribe otra vez el usuario y la contraseña. Google y Microsoft piden permiso por aplicación en vez de contraseña.",
    ),
    (r"red interna", "El servidor está en una red interna y no se puede usar.", "Escribe un servidor de correo público."),
    (
        r"No se encontró el servidor|no tiene dirección",
        "No existe un servidor con ese nombre.",
        "Revisa cómo está escrito el servidor.",
    ),
    (
        r"certificate|wrong version number|\bssl\b|\btls\b|STARTTLS",
        "No se pudo abrir una conexión segura con el servidor.",
        "Revisa el puerto (587 o 465); el certificado del servidor debe ser válido.",
    ),
    (
        r"timed out|refused|unreachable|reset|closed|tiempo|not connected|deadline",
        "El servidor no responde.",
        "Revisa el servidor y el puerto. Si antes funcionaba, volvemos a probar solos.",
    ),
    (r"\b(?:401|403)\b", "El proveedor no aceptó la clave.", "Crea una clave nueva donde tu proveedor y escríbela aquí."),
)
FALLBACK = ("El servidor de salida no recibe nuestros correos.", "Lee el detalle técnico y pregúntale a quien cuida tu correo.")
PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), cause, remedy) for pattern, cause, remedy in FAULTS)
GONE = Health(
    "bad", "No se puede usar", "No podemos leer sus claves.", "Escríbelas otra vez en un canal nuevo, o avisa a quien opera la plataforma."
)


def fault(error: str) -> tuple[str, str]:
    """What the channel's last error means, and what to do."""
    return next(((cause, remedy) for pattern, cause, remedy in PATTERNS if pattern.search(error)), FALLBACK)


def in_words(health: ChannelHealth | None, *, now: datetime) -> Health:
    """The channel as it fares now."""
    if health is None or not health.failures:
        return Health("ok", "Funciona")
    cause, remedy = fault(health.last_error)
    resting = health.open_until is not None and health.open_until > now
    title = "Detenido" if resting else "Probando otra vez"
    return Health("bad" if resting else "warn", title, cause, remedy, health.open_until if resting else None, health.last_error)
