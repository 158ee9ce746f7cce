"""How movements are told."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from invoices.identifiers import uuid7
from invoices.models import Company, ElectronicDocument, HistoryEntry
from notifications import presenters

AT = datetime(2026, 3, 19, 15, 22, tzinfo=UTC)
Event = HistoryEntry.Event


def entry(event: HistoryEntry.Event, **fields: Any) -> HistoryEntry:
    """A movement of 19 March 2026, 10:22 in Bogota."""
    return HistoryEntry(
        id=uuid7(AT),
        document_id=UUID(int=1),
        seq=1,
        event=event,
        **{"recorded_at": AT, "occurred_at": AT, "actor_name": "Sistema", "data": {}, **fields},
    )


@pytest.mark.parametrize("event", list(Event))
def test_every_event_has_an_icon_a_tone_and_a_sentence(event: HistoryEntry.Event) -> None:
    told = presenters.present(entry(event))

    assert told.icon
    assert told.tone in {"ok", "warn", "bad", "info", "mute"}
    assert presenters.sentence(told.entry).strip()


def test_a_resend_tells_how_many_who_and_each_address_with_its_source() -> None:
    addresses = [{"address": "a@example.com", "source": "customer"}, {"address": "b@example.com", "source": "manual"}]

    told = presenters.present(entry(Event.RESENT, actor_name="Julián Torres", data={"addresses": addresses, "note": "copia"}))

    assert (told.title, told.by) == ("Reenvío a 2 correos", "por Julián Torres")
    assert told.recipients == [("a@example.com", "Cliente"), ("b@example.com", "Agregado al reenviar")]
    assert told.lines == ["Nota: copia"]


def test_a_bounce_tells_the_reason_and_keeps_the_servers_words_apart() -> None:
    data = {"reason": "no_mailbox", "reply": "550 5.1.1 User unknown", "host": "mx.example.net", "tls": "TLSv1.3"}

    told = presenters.present(entry(Event.BOUNCED, address="x@example.net", data=data))

    assert presenters.sentence(told.entry) == "Devuelto (dirección inválida) · x@example.net"
    assert told.lines == ["El buzón no existe."]
    assert told.technical == ["550 5.1.1 User unknown", "Servidor: mx.example.net · TLSv1.3"]


def test_a_deferral_tells_the_next_try_in_bogota() -> None:
    told = presenters.present(entry(Event.DEFERRED, address="x@example.net", data={"next_at": "2026-03-19T15:27:00+00:00"}))

    assert told.lines == ["El servidor pidió esperar. Próximo intento: 19/03/2026 10:27."]


def test_what_happened_long_before_it_was_recorded_says_when() -> None:
    told = presenters.present(entry(Event.DIAN_ACCEPTED, actor_name="DIAN", occurred_at=datetime(2025, 12, 22, 20, 0, tzinfo=UTC)))

    assert told.lines == ["Ocurrió el 22/12/2025 15:00."]
    assert told.by == "por la DIAN"


def test_detail_gives_addresses_reasons_the_buyers_words_and_the_servers_words() -> None:
    data = {"message": "Recibida.", "reply": "250 Ok"}

    assert presenters.detail(entry(Event.CONFIRMED, data=data)) == ["«Recibida.»", "250 Ok"]


@pytest.mark.parametrize(
    ("days", "calendar", "term"),
    [(3, "calendar", "tres días"), (1, "calendar", "un día"), (5, "business", "cinco días hábiles"), (30, "calendar", "30 días")],
)
def test_the_automatic_confirmation_names_the_companys_term_in_words(days: int, calendar: str, term: str) -> None:
    company = Company(auto_confirm_days=days, auto_confirm_calendar=calendar)
    document = ElectronicDocument(company=company, auto_confirmed_at=AT)

    sentence = presenters.auto_confirmed_sentence(document)

    assert sentence == (
        f"Confirmado Automáticamente el 19/03/2026 10:22: pasaron más de {term} sin respuesta del cliente. "
        "Es un estado de la plataforma, no la aceptación tácita (034)."
    )


def test_the_window_over_a_new_year_names_both_years() -> None:
    months = presenters.two_months(datetime(2025, 12, 1, 5, tzinfo=UTC), datetime(2026, 1, 10, 5, tzinfo=UTC))

    assert months == "diciembre de 2025 y enero de 2026"


@pytest.mark.parametrize(("hours", "said"), [(1, "hoy"), (20, "ayer"), (72, "hace 3 días")])
def test_ago_counts_days_of_bogota(hours: int, said: str) -> None:
    then = datetime.fromtimestamp(AT.timestamp() - hours * 3600, UTC)

    assert presenters.ago(then, AT) == said
