"""The mail of an invitation: what it says, how wide it is, what it never contains."""

import re
from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMultiAlternatives

from invoices import invitations
from invoices.models import Company, Invitation, User

LONG = "Comercializadora Internacional de Insumos Agropecuarios y Servicios Complementarios del Oriente Antioqueño S.A.S."


def mail(*, name: str = "Mariana Peñuela Rojas", company: str = LONG, role: str = "accountant") -> EmailMultiAlternatives:
    """To Laura, who has no account."""
    return invitations.mail(
        Invitation(
            company=Company(nit="909214587", name=company),
            email="laura.restrepo.cifuentes@contadores-asociados-del-oriente.example.com",
            role=role,
            invited_by=User(email="mariana@example.com", name=name),
            expires_at=datetime(2026, 7, 22, 17, 0, tzinfo=UTC),
        )
    )


def html(message: EmailMultiAlternatives) -> str:
    """The other body."""
    return str(message.alternatives[0][0])


def test_the_text_is_at_most_76_columns_wide() -> None:
    wide = [line for line in str(mail().body).splitlines() if len(line) > 76 and not line.startswith("http")]

    assert wide == []


def test_the_html_loads_nothing_and_is_600_pixels_at_most() -> None:
    body = html(mail())

    assert re.findall(r"<img|<script|<link|url\(|src=|background=", body) == []
    assert "max-width:600px" in body


def test_text_and_html_lead_to_the_same_page_by_one_button() -> None:
    message = mail()
    [button] = re.findall(r'<a href="([^"]+)" style="display:inline-block;padding', html(message))

    assert button in str(message.body).splitlines()


@pytest.mark.parametrize(
    ("role", "words"), [("administrator", "administra usuarios"), ("accountant", "reenvía notificaciones"), ("auditor", "Solo consulta")]
)
def test_both_say_who_invites_where_as_what_and_until_when(role: str, words: str) -> None:
    message = mail(role=role, company="El Roble S.A.S.")

    for body in (" ".join(str(message.body).split()), html(message)):
        for part in ("Mariana Peñuela Rojas", "mariana@example.com", "El Roble S.A.S.", "NIT 909.214.587-8", words, "22/07/2026 12:00"):
            assert part in body


def test_it_comes_from_the_product_and_answers_go_to_whoever_invites() -> None:
    message = mail()

    assert (message.from_email, message.reply_to) == ("Traza <traza@notificaciones.example.com>", ["mariana@example.com"])


def test_a_name_is_text_and_breaks_no_header() -> None:
    message = mail(name="<b>Mariana</b>\r\nBcc: todos@example.com")

    assert message.subject == f"<b>Mariana</b> Bcc: todos@example.com te invita a {LONG} en Traza"
    assert "<b>Mariana" not in html(message)
    assert message.message()["Bcc"] is None
