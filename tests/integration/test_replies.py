"""The reply mailbox: what a buyer's program attaches reaches the invoice; what it may not bring is refused with a sentence."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from invoices.models import Company, DocumentConflict, ElectronicDocument, HistoryEntry, StoredFile, TitleEvent, WaitingResponse
from invoices.scope import company_scope
from notifications import inbound, intake, verp
from notifications.models import DeliveryEvent, InboundMessage, Notification
from tests import dsn_builders as build
from tests import factories
from tests import ubl_builders as ubl
from tests.reply_mails import File, event_zip, forwarded, mail

pytestmark = pytest.mark.django_db
Kind, Status = InboundMessage.Kind, InboundMessage.Status
NOON = datetime(2026, 3, 12, 12, 0, tzinfo=ZoneInfo("America/Bogota"))
CLAIMED = "Evento 031 de FE1001: Reclamo."
OTHER = ubl.Who("830999111", "OTRA EMPRESA S.A.")


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification, name=ubl.ISSUER.name)


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    """The invoice that the builders' events are about."""
    list(intake.receive([("fe.xml", ubl.build_invoice())], companies={company.nit: company}, by=None, notify="no", now=NOON))
    return ElectronicDocument.across.get()


def arrive(message: EmailMessage | bytes, kind: Kind = Kind.MAILBOX, **fields: Any) -> InboundMessage:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    given = {"channel": "default", "provider": "imap", "content_type": "message/rfc822", "headers": {}} | fields
    row = inbound.store(kind=kind, body=raw, now=NOON, **given)
    assert row is not None
    return read(row)


def read(row: InboundMessage, at: datetime = NOON) -> InboundMessage:
    inbound.process_waiting(clock=lambda: at)
    row.refresh_from_db()
    return row


def events() -> list[tuple[str, str]]:
    return list(TitleEvent.across.order_by("pk").values_list("code", "claim_code"))


def test_an_event_in_a_container_in_a_zip_reaches_its_invoice(document):
    message = arrive(mail(event_zip()))

    document.refresh_from_db()
    assert (message.status, message.error) == (Status.DONE, CLAIMED)
    assert (document.title_status, events()) == ("claimed", [("031", "02")])
    assert HistoryEntry.across.filter(event="title_event").count() == 1


@pytest.mark.parametrize(
    "file",
    [
        File("ar.xml", ubl.build_event("031", claim_code="02"), "text/xml"),
        File("ar.xml", ubl.build_event("031", claim_code="02"), "application/octet-stream"),
        event_zip()._replace(kind="application/octet-stream"),
    ],
)
def test_it_may_be_bare_or_of_no_type(document, file):
    assert arrive(mail(file)).error == CLAIMED


def test_it_may_be_in_a_mail_that_was_forwarded(document):
    assert arrive(forwarded(mail(event_zip()))).error == CLAIMED


def test_a_machine_that_says_it_is_one_is_heard_too(document):
    assert arrive(mail(event_zip(), Auto_Submitted="auto-replied")).error == CLAIMED


def test_the_same_mail_again_changes_nothing(document):
    message = arrive(mail(event_zip()))

    inbound.read_again(message, now=NOON)
    again = read(message)
    other = arrive(mail(event_zip(), subject="Reenvío"))

    assert (len(events()), HistoryEntry.across.filter(event="title_event").count()) == (1, 1)
    assert again.error == other.error == f"{CLAIMED} Ya estaba."


def test_one_broken_file_takes_no_other_with_it(document):
    message = arrive(mail(File("roto.zip", b"PK\x03\x04roto"), event_zip("030"), File("x.xml", b"<a", "text/xml"), event_zip()))

    assert events() == [("030", ""), ("031", "02")]
    assert message.error.startswith("Evento 030 de FE1001: Acuse de recibo. Evento 031 de FE1001: Reclamo. roto.zip: ")
    assert "x.xml: " in message.error


def test_an_error_of_ours_takes_no_other_with_it_and_the_mail_is_read_again(document, monkeypatch):
    whole = intake.receive
    monkeypatch.setattr(intake, "receive", lambda files, **options: 1 / 0 if files[0][0] == "malo.zip" else whole(files, **options))
    broken = arrive(mail(event_zip("030")._replace(name="malo.zip"), event_zip()))
    before = broken.status, broken.error, events()
    monkeypatch.setattr(intake, "receive", whole)

    healed = read(broken, NOON + timedelta(minutes=2))

    assert before == (Status.WAITING, f"NotTaken: No se pudo guardar todo lo que trae el correo. {CLAIMED}", [("031", "02")])
    assert (healed.status, sorted(events())) == (Status.DONE, [("030", ""), ("031", "02")])


def test_an_event_that_cannot_be_settled_is_tried_again(document, monkeypatch):
    monkeypatch.setattr(intake.title_values, "record", lambda **_: 1 / 0)

    message = arrive(mail(event_zip()))

    assert (message.status, events()) == (Status.WAITING, [])
    assert message.error.startswith("NotTaken: No se pudo guardar todo lo que trae el correo.")


def test_an_event_whose_invoice_has_not_come_waits_for_it(company):
    message = arrive(mail(event_zip()))
    waiting = WaitingResponse.across.count()

    list(intake.receive([("fe.xml", ubl.build_invoice())], companies={company.nit: company}, by=None, notify="no", now=NOON))

    assert message.error == "ad.xml: Su documento aún no ha llegado: se guarda y se vuelve a intentar en cada carga."
    assert (waiting, WaitingResponse.across.count(), events()) == (1, 0, [("031", "02")])


@pytest.mark.parametrize("companies", [1, 2])
def test_an_event_about_another_company_is_refused(document, companies):
    if companies == 2:
        factories.company()

    message = arrive(mail(event_zip(receiver=OTHER, document_key=ubl.fake_key("ajena"), document_number="X1")))

    assert message.error.endswith("Es una respuesta sobre un documento que no es de ninguna de tus empresas.")
    assert (events(), WaitingResponse.across.count(), StoredFile.across.count()) == ([], 0, 1)


def test_an_event_about_nobody_here_does_not_ride_along_with_one_of_ours(document):
    alien = ubl.build_event("030", receiver=OTHER, sender=OTHER, document_key=ubl.fake_key("ajena"), document_number="X1")
    both = ubl.build_zip({"a.xml": ubl.build_event("030"), "b.xml": alien})

    message = arrive(mail(File("dos.zip", both)))

    assert message.error.startswith("Evento 030 de FE1001: Acuse de recibo. dos.zip › b.xml: Es una respuesta sobre un documento que no")
    assert (events(), WaitingResponse.across.count()) == ([("030", "")], 0)


def test_somebody_elses_sale_is_refused_with_a_sentence(document):
    container = ubl.build_attached_document(ubl.build_invoice(issuer=OTHER, number="SE1"), sender=OTHER)

    message = arrive(mail(File("ad.xml", container, "text/xml"), subject="Factura SE1"))

    assert message.error == "ad.xml: Lo expidió OTRA EMPRESA S.A. (NIT 830999111), que no es una de tus empresas."
    assert ElectronicDocument.across.count() == 1


def test_a_sale_of_ours_does_not_come_in_by_mail(company):
    message = arrive(mail(File("fe.xml", ubl.build_invoice(), "text/xml"), subject="Factura FE1001"))

    assert message.error == f"fe.xml: {intake.EVENTS_ONLY}"
    assert (ElectronicDocument.across.count(), StoredFile.across.count()) == (0, 0)


def test_an_event_beside_its_invoice_is_taken_and_the_invoice_is_not(document):
    invoice = ubl.build_invoice(note="Otro contenido")
    container = ubl.build_attached_document(invoice, events=[ubl.build_event("030", document=invoice)])

    message = arrive(mail(File("ad.xml", container, "text/xml")))

    assert message.error == f"Evento 030 de FE1001: Acuse de recibo. ad.xml: {intake.EVENTS_ONLY}"
    assert DocumentConflict.across.count() == 0


@pytest.mark.parametrize("code", ["02", "04"])
def test_an_answer_of_dian_does_not_come_in_by_mail(document, code):
    message = arrive(mail(File("ar.xml", ubl.build_response(code=code), "text/xml"), subject="Respuesta"))

    document.refresh_from_db()
    assert (message.error, document.dian_status) == (f"ar.xml: {intake.EVENTS_ONLY}", "not_sent")


def test_an_answer_of_dian_does_not_come_in_behind_an_event_either(document):
    beside = ubl.build_attached_document(ubl.build_event("030"), ubl.build_response())

    message = arrive(mail(File("ad.xml", beside, "text/xml")))

    document.refresh_from_db()
    assert (document.dian_status, events()) == ("not_sent", [("030", "")])
    assert message.error == f"Evento 030 de FE1001: Acuse de recibo. ad.xml: {intake.EVENTS_ONLY}"


def test_what_else_waits_is_not_settled_by_a_mail(document):
    with company_scope(document.company_id):
        file = intake.store_file(company_id=document.company_id, name="ar.xml", data=ubl.build_response(), kind=StoredFile.Kind.RECEIVED)
        WaitingResponse.objects.create(company_id=document.company_id, document_key=document.key, file=file)

    arrive(mail(event_zip()))

    document.refresh_from_db()
    assert (WaitingResponse.across.count(), document.dian_status, len(events())) == (1, "not_sent", 1)


def test_nobody_is_notified_of_anything(document):
    arrive(mail(event_zip("030"), event_zip()))

    assert Notification.across.count() == 0


def test_a_bounce_returns_our_own_file_and_brings_nothing(document):
    own = event_zip("030")
    returned = b"Content-Type: message/rfc822\n\n" + mail(own).as_bytes()

    message = arrive(build.report(human=build.part("No existe."), fields=build.recipient(), returned=returned))

    assert (message.status, events()) == (Status.DONE, [])


def test_what_came_to_a_forged_return_path_brings_nothing(document):
    forged = f"b.{build.TOKEN}.{'0' * 16}@devueltos.example.com"

    message = arrive(mail(event_zip(), Delivered_To=forged))

    assert (message.status, events()) == (Status.DONE, [])


def test_the_facts_of_the_mail_are_kept_too(document):
    with company_scope(document.company_id):
        delivery = factories.delivery(document, token=build.TOKEN, message_id=build.MESSAGE_ID)

    arrive(mail(event_zip(), In_Reply_To=build.MESSAGE_ID, Delivered_To=verp.return_path(build.TOKEN, "d.example.com")))

    assert list(DeliveryEvent.across.values_list("delivery_id", "kind")) == [(delivery.pk, "replied")]
    assert len(events()) == 1


def test_a_mail_that_a_person_hands_in_brings_events_of_that_company_only(document):
    stranger = factories.company("830999111")

    theirs = arrive(mail(event_zip()), Kind.UPLOAD, provider=stranger.nit, company_id=stranger.pk)
    before = events()
    own = arrive(mail(event_zip()), Kind.UPLOAD, provider="901555013", company_id=document.company_id)

    assert theirs.error.endswith("que no es de ninguna de tus empresas.")
    assert (before, own.error, len(events())) == ([], CLAIMED, 1)


def test_of_many_files_the_first_twenty_are_read(document, monkeypatch):
    monkeypatch.setattr("notifications.returned.attachments.MAX_FILES", 1)

    message = arrive(mail(event_zip(), event_zip("030")))

    assert events() == [("031", "02")]
    assert message.error.startswith(f"{CLAIMED} Trae más de ")


def test_a_mail_without_files_says_what_it_said_before(document):
    assert arrive(mail()).error == "No es una devolución ni responde a un correo nuestro."
