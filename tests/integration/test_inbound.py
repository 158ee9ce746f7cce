"""What comes in: kept raw and once, read afterwards, three times at most; the facts of a mail reach the delivery it names."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from notifications import inbound, verp
from notifications.inbound_mail import Reading
from notifications.lives import DeliveryState, Engagement, Queue
from notifications.models import Delivery, DeliveryEvent, InboundMessage, SecurityEvent
from tests import dsn_builders as build
from tests import factories
from tests.dsn_samples import sample
from tests.factories import NOON

pytestmark = pytest.mark.django_db
Kind, Status = InboundMessage.Kind, InboundMessage.Status
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def document(company: Company) -> Iterator[ElectronicDocument]:
    with company_scope(company.pk):
        yield factories.document(company)


@pytest.fixture
def delivery(document: ElectronicDocument) -> Delivery:
    """The message that the samples return."""
    return sent(document)


def sent(document: ElectronicDocument, token: str = build.TOKEN, **fields: Any) -> Delivery:
    fields = {"queue": Queue.DONE, "state": DeliveryState.SENT, "sent_at": NOON, "attempts": 1, "verdict": "sent"} | fields
    fields = {"token": token, "message_id": f"<{token}@traza.example.com>"} | fields
    return factories.delivery(document, build.ADDRESS, **fields)


def arrive(raw: bytes, kind: Kind = Kind.MAILBOX, company_id: UUID | None = None, **headers: str) -> InboundMessage:
    message = inbound.store(
        channel="",
        provider="imap",
        kind=kind,
        content_type="message/rfc822",
        headers=headers,
        body=raw,
        now=LATER,
        company_id=company_id,
    )
    assert message is not None
    return message


def read_all(at: Any = LATER) -> int:
    return inbound.process_waiting(clock=lambda: at)


def events() -> list[DeliveryEvent]:
    return list(DeliveryEvent.across.order_by("pk"))


def test_a_message_is_kept_as_it_came():
    message = arrive(b"Subject: \xff\x00\r\n\r\nhola", remitente="x")

    message.refresh_from_db()
    assert (bytes(message.body), message.headers, message.status, message.tries) == (
        b"Subject: \xff\x00\r\n\r\nhola",
        {"remitente": "x"},
        Status.WAITING,
        0,
    )
    assert (message.received_at, message.next_at, message.company_id) == (LATER, LATER, None)


def test_the_same_bytes_are_kept_once_by_each_way():
    arrive(b"uno")

    again = inbound.store(channel="", provider="imap", kind=Kind.MAILBOX, content_type="", headers={}, body=b"uno", now=LATER)
    arrive(b"uno", Kind.UPLOAD)

    assert again is None
    assert InboundMessage.across.count() == 2


def test_keeping_a_message_is_one_statement():
    with CaptureQueriesContext(connection) as queries:
        arrive(b"uno")

    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_a_bounce_reaches_the_delivery_it_names(delivery):
    message = arrive(sample("postfix: user unknown").raw)

    read_all()

    delivery.refresh_from_db()
    message.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.BOUNCED, "no_mailbox")
    assert (message.status, message.error, message.processed_at) == (Status.DONE, "", LATER)
    assert [(event.inbound_id, event.company_id) for event in events()] == [(message.pk, delivery.company_id)]


def test_a_bounce_that_comes_by_two_doors_is_one_fact(delivery):
    arrive(sample("postfix: user unknown").raw)
    arrive(sample("postfix: user unknown").raw, Kind.UPLOAD)

    read_all()

    assert len(events()) == 1


def test_the_return_path_alone_names_the_delivery(delivery):
    path = verp.return_path(delivery.token, "devueltos.example.com")
    arrive(
        build.plain(
            "El buzón está lleno: compras@ferreteria.example.co\n",
            subject="Devuelto",
            sender="postmaster@x.co",
            more=f"Delivered-To: {path}\n",
        )
    )

    read_all()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.SOFT_BOUNCED, "mailbox_full")


def test_a_bounce_that_names_nobody_is_an_orphan_with_the_reason():
    message = arrive(sample("null mx").raw)

    read_all()

    message.refresh_from_db()
    assert [(event.delivery_id, event.orphan_reason, event.recipient) for event in events()] == [
        (None, "El envío que nombra no existe.", build.ADDRESS)
    ]
    assert message.status == Status.DONE


def test_a_return_path_with_a_wrong_signature_is_an_orphan_and_noted(delivery):
    forged = f"b.{delivery.token}.{'0' * 16}@devueltos.example.com"
    arrive(build.report(human=build.part("No existe."), fields=build.recipient(), to=forged))

    read_all()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT
    assert [event.orphan_reason for event in events()] == ["No nombra ningún envío nuestro."]
    assert list(SecurityEvent.objects.values_list("kind", "provider", "count")) == [("bad_signature", "mail", 1)]


def test_a_complaint_marks_the_delivery(delivery):
    arrive(build.complaint())

    read_all()

    delivery.refresh_from_db()
    assert delivery.complained


def test_an_automatic_answer_proves_that_it_arrived(delivery):
    arrive(build.answer(subject="Respuesta automática: factura", body="Vuelvo el lunes."))

    read_all()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.autoresponded, delivery.inferred, delivery.engagement) == (
        DeliveryState.DELIVERED,
        True,
        True,
        Engagement.NONE,
    )


def test_an_answer_of_a_person_is_a_reply(delivery):
    arrive(build.answer(subject="Re: factura", body="Recibida.", answers=f"<otro@ferreteria.example.co> {delivery.message_id}"))

    read_all()

    delivery.refresh_from_db()
    assert (delivery.engagement, delivery.inferred) == (Engagement.REPLIED, True)


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (build.answer(subject="Cotización", body="Hola", answers=""), "No es una devolución ni responde a un correo nuestro."),
        (
            build.answer(subject="Re: otra cosa", body="Hola", answers="<ajeno@x.co>"),
            "No es una devolución ni responde a un correo nuestro.",
        ),
        (build.answer(subject="Out of office", body="Hola"), "Es una respuesta automática que no dice a qué correo nuestro responde."),
        (build.complaint(feedback="not-spam"), "El aviso no se queja de ningún correo."),
        (b"\xff\xfe\x00", "No es una devolución ni responde a un correo nuestro."),
    ],
)
def test_a_mail_that_says_nothing_of_ours_is_kept_with_the_reason(raw, note):
    message = arrive(raw)

    read_all()

    message.refresh_from_db()
    assert (message.status, message.error, events()) == (Status.DONE, note, [])


def test_an_upload_speaks_only_of_the_messages_of_its_company(document, delivery):
    stranger = factories.company()

    arrive(sample("postfix: user unknown").raw, Kind.UPLOAD, stranger.pk)
    read_all()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT
    assert [event.orphan_reason for event in events()] == ["No nombra ningún envío nuestro."]


def test_an_upload_of_the_own_company_counts(document, delivery):
    message = arrive(sample("postfix: user unknown").raw, Kind.UPLOAD, document.company_id)

    assert inbound.process_now(message, clock=lambda: LATER)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.BOUNCED


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, int]:
    """A reader that fails at every message whose body is ``malo``, and counts."""
    seen: dict[bytes, int] = {}

    def read(message: InboundMessage, *, now: Any) -> Reading:
        body = bytes(message.body)
        seen[body] = seen.get(body, 0) + 1
        if body == b"malo":
            raise ValueError("no se entiende")
        return Reading(note="leído")

    monkeypatch.setattr(inbound, "import_string", lambda _: read)
    return seen


def test_what_cannot_be_read_is_tried_three_times_and_then_broken(reader):
    message = arrive(b"malo")

    for minutes in (0, 1, 2, 3, 4, 5, 60):
        read_all(LATER + timedelta(minutes=minutes))

    message.refresh_from_db()
    assert (reader[b"malo"], message.status, message.error) == (3, Status.BROKEN, "ValueError: no se entiende")


def test_what_cannot_be_read_takes_no_other_with_it(reader):
    for body in (b"uno", b"malo", b"dos"):
        arrive(body)

    assert read_all() == 2
    found = {bytes(body): status for body, status in InboundMessage.across.values_list("body", "status")}
    assert found == {b"uno": Status.DONE, b"malo": Status.WAITING, b"dos": Status.DONE}


def test_a_fact_that_cannot_be_kept_takes_no_other_with_it(delivery, document, monkeypatch):
    other = sent(document, "f" * 32)
    good, bad = (
        arrive(sample("postfix: user unknown").raw),
        arrive(sample("null mx").raw.replace(build.TOKEN.encode(), other.token.encode())),
    )
    whole = inbound.facts.record_all

    def keep(given: Any, *, now: Any) -> Any:
        if any(fact.token == other.token for fact, _ in given):
            raise RuntimeError("no se pudo")
        return whole(given, now=now)

    monkeypatch.setattr(inbound.facts, "record_all", keep)
    read_all()

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status, bad.error) == (Status.DONE, Status.WAITING, "RuntimeError: no se pudo")


def test_a_message_that_killed_its_reader_is_taken_alone_when_its_lease_is_over(reader):
    for body in (b"uno", b"dos"):
        arrive(body)
    claimed = inbound._claim(LATER, again=False, limit=10)

    busy = read_all(LATER + timedelta(minutes=19))
    alone = inbound._claim(LATER + timedelta(minutes=21), again=True, limit=1)

    assert (len(claimed), busy, len(alone)) == (2, 0, 1)


def test_a_broken_message_may_be_read_again(reader):
    message = arrive(b"malo")
    InboundMessage.across.update(status=Status.BROKEN, tries=3, body=b"bueno")

    inbound.read_again(message, now=LATER)
    read_all()

    message.refresh_from_db()
    assert (message.status, message.tries, message.error) == (Status.DONE, 1, "leído")
