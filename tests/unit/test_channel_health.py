"""What a channel's last error means to whoever must mend it."""

from datetime import timedelta

import pytest

from notifications import channel_health
from notifications.models import ChannelHealth
from tests.factories import NOON

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", "Microsoft ya no acepta contraseñas"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "Microsoft ya no acepta contraseñas"),
        ("535 5.7.8 Username and Password not accepted", "no aceptó el usuario o la contraseña"),
        ("535 5.7.3 Authentication unsuccessful", "no aceptó el usuario o la contraseña"),
        ("400 invalid_grant: Token has been expired or revoked.", "El permiso para enviar desde el buzón venció"),
        ("401 invalid_client: AADSTS7000215: Invalid client secret provided.", "no aceptaron la aplicación"),
        ("400 invalid_request: AADSTS90002: Tenant not found.", "no conoce el directorio"),
        ("No se pudo pedir el permiso de acceso (ConnectTimeout).", "No pudimos comunicarnos con Google o Microsoft"),
        ("554 5.2.252 SendAsDenied; a@x.co not allowed to send as b@x.co", "no puede enviar con ese remitente"),
        ("127.0.0.1 está en una red interna: escribe un servidor de correo público.", "red interna"),
        ("No se encontró el servidor (Name or service not known)", "No existe un servidor con ese nombre"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "conexión segura"),
        ("STARTTLS extension not supported by server.", "conexión segura"),
        ("[Errno 111] Connection refused", "El servidor no responde"),
        ("timed out", "El servidor no responde"),
        ("401 Postmark API response 401 (Unauthorized)", "El proveedor no aceptó la clave"),
        ("599 algo que nadie entiende", "El servidor de salida no recibe nuestros correos"),
    ],
)
def test_an_error_has_a_cause_and_a_remedy(error: str, cause: str) -> None:
    says, remedy = channel_health.fault(error)

    assert cause in says
    assert remedy.endswith(".")


def test_a_channel_that_rests_says_until_when() -> None:
    health = channel_health.in_words(ChannelHealth(name="x", failures=2, open_until=NOON + MINUTE, last_error="535 5.7.8 no"), now=NOON)

    assert (health.tone, health.title, health.until, health.raw) == ("bad", "Detenido", NOON + MINUTE, "535 5.7.8 no")


def test_a_channel_that_rested_is_being_tried() -> None:
    health = channel_health.in_words(ChannelHealth(name="x", failures=2, open_until=NOON, last_error="timed out"), now=NOON)

    assert (health.tone, health.title, health.until) == ("warn", "Probando otra vez", None)


@pytest.mark.parametrize("row", [None, ChannelHealth(name="x", failures=0, last_error="timed out")])
def test_a_channel_without_failures_is_well(row: ChannelHealth | None) -> None:
    assert channel_health.in_words(row, now=NOON).tone == "ok"
