"""Who is told, with what package, and what a resend does."""

import io
import zipfile
from datetime import date, timedelta

import pytest

from invoices.models import DocumentFile, ElectronicDocument, HistoryEntry, ReceptionDirectory, StoredFile
from invoices.scope import company_scope
from notifications import first_notices, intake, outbox, services
from notifications.lives import DeliveryState
from notifications.models import Attachment, Delivery, Notification, Package
from notifications.package import MAX_PACKAGE_BYTES
from notifications.recipients import recipients
from notifications.services import NotNotifiable, Target
from tests import factories
from tests import ubl_builders as ubl
from tests.factories import NOON
from tests.integration.graphic_pages import pages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    return factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.", trade_name="La Tuerca")


@pytest.fixture
def scoped(company):
    with company_scope(company.pk):
        yield company


def told(document):
    return [(item.address, str(item.source), item.switched_off) for item in recipients(document)]


def list_in_directory(nit, address, seen=date(2026, 7, 1)):
    ReceptionDirectory.objects.create(nit=nit, address_key=address, listed_on=seen, first_seen=seen, last_seen=seen)


def test_the_document_names_the_addresses(scoped):
    document = factories.document(scoped, addresses=("a@x.example", "b@x.example"))
    factories.email(document.customer, "otro@x.example")

    assert told(document) == [("a@x.example", "document", False), ("b@x.example", "document", False)]


def test_without_addresses_the_customers_active_ones_are_told(scoped):
    document = factories.document(scoped, addresses=())
    factories.email(document.customer, "uno@x.example")
    factories.email(document.customer, "dos@x.example", active=False, deactivated_at=NOON)

    assert told(document) == [("uno@x.example", "customer", False)]


def test_always_and_the_reception_address_are_told_too_and_none_twice(scoped):
    document = factories.document(scoped, addresses=("a@x.example",))
    factories.email(document.customer, "Siempre@X.example", always=True)
    factories.email(document.customer, "a@x.example", always=True)
    list_in_directory(document.customer.identification, "viejo@x.example", date(2026, 1, 1))
    list_in_directory(document.customer.identification, "dian@x.example")

    assert told(document) == [("a@x.example", "document", False), ("siempre@x.example", "always", False), ("dian@x.example", "dian", False)]


def test_an_address_that_a_person_switched_off_is_not_mailed_though_the_document_names_it(scoped):
    document = factories.document(scoped, addresses=("a@x.example", "b@x.example"))
    factories.email(document.customer, "a@x.example", active=False, deactivated_at=NOON)

    services.notify(document=document, now=NOON)

    states = dict(Delivery.objects.values_list("address", "state"))
    assert states == {"a@x.example": DeliveryState.SUPPRESSED, "b@x.example": DeliveryState.QUEUED}


def test_a_document_is_notified_for_the_first_time_once(scoped):
    document = factories.document(scoped)

    services.notify(document=document, now=NOON)
    again = services.notify(document=document, now=NOON)

    assert again is None
    assert Notification.objects.count() == 1


def test_three_addresses_get_three_messages_with_the_annexs_subject_and_one_zip(sink, company):
    data = ubl.build_zip(
        {"ad.xml": ubl.build_attached_document(ubl.build_invoice(emails="a@x.example;b@x.example"), ubl.build_response()), "f.pdf": ubl.PDF}
    )
    list_in_directory(ubl.CUSTOMER.identification, "dian@x.example")

    list(intake.receive([("z.zip", data)], companies={company.nit: company}, by=None, notify="yes", now=NOON))
    outbox.drain(clock=lambda: NOON)

    assert sorted(str(message["To"]) for message in sink.messages) == ["a@x.example", "b@x.example", "dian@x.example"]
    assert {message["Subject"] for message in sink.messages} == {f"{company.nit};FERRETERÍA LA TUERCA S.A.S.;FE1001;01;La Tuerca"}
    attached = [[part.get_filename() for part in message.iter_attachments()] for message in sink.messages]
    assert {tuple(names) for names in attached} == {("z09015550130002600000001.zip",)}
    [part] = sink.messages[0].iter_attachments()
    assert part.get_content() == data


def test_eight_documents_in_one_zip_stay_apart(sink, company):
    members, keys = {}, []
    for number in range(8):
        invoice = ubl.build_invoice(number=f"FE{2000 + number}", emails=f"c{number}@x.example")
        keys.append(ubl.fake_key((company.nit, f"FE{2000 + number}")))
        members[f"doc{number}.xml"] = ubl.build_attached_document(
            invoice, ubl.build_response(document=invoice), number=f"FE{2000 + number}"
        )

    list(intake.receive([("ocho.zip", ubl.build_zip(members))], companies={company.nit: company}, by=None, notify="yes", now=NOON))
    first_notices.work(clock=lambda: NOON)

    assert len(sink.messages) == 8
    for message in sink.messages:
        [part] = message.iter_attachments()
        archive = zipfile.ZipFile(io.BytesIO(part.get_content()))
        [container, pdf] = [archive.read(name) for name in sorted(archive.namelist(), reverse=True)]
        for inside in (container.decode() + message.as_string(), "".join(pages(pdf)).replace(" ", "")):
            found = [key for key in keys if key in inside]
            assert len(found) == 1


def test_a_package_without_its_pdf_when_that_makes_it_fit(scoped):
    document = factories.document(scoped)
    pdf = services_file(scoped, "grande.pdf", bytes(range(256)) * 1 + incompressible(MAX_PACKAGE_BYTES))
    DocumentFile.objects.create(company=scoped, document=document, file=pdf, role="pdf")

    services.notify(document=document, now=NOON)

    package = Package.objects.get()
    assert package.without_pdf
    assert package.file.size < MAX_PACKAGE_BYTES
    assert "se descarga en el enlace" in Delivery.objects.get().text_body.replace("\n", " ")


def test_a_package_that_cannot_fit_blocks(scoped):
    document = factories.document(scoped)
    DocumentFile.objects.update(file=services_file(scoped, "grande.xml", incompressible(MAX_PACKAGE_BYTES + 1)))

    services.notify(document=document, now=NOON)

    delivery = Delivery.objects.get()
    document.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.BLOCKED, "package")
    assert document.delivery_status == "problem"


def incompressible(size):
    import random

    return random.Random(1).randbytes(size)


def services_file(company, name, data):
    from invoices.services import store_file

    return store_file(company_id=company.pk, name=name, data=data, kind=StoredFile.Kind.RECEIVED)


def test_the_same_files_give_the_same_package(scoped):
    document = factories.document(scoped)
    services.notify(document=document, now=NOON)

    services.resend(document=document, targets=[Target("otra@x.example")], note="", by=None, now=NOON)

    assert Package.objects.count() == 1
    assert len(set(Attachment.objects.values_list("file_id", "name"))) == 1


def test_packages_are_numbered_by_company_and_year(scoped):
    for _ in range(11):
        services.notify(document=factories.document(scoped), now=NOON)

    assert Package.objects.order_by("pk").last().name == "z0901555013000260000000b.zip"


def test_a_resend_is_a_new_row_that_follows_the_old(scoped):
    document = factories.document(scoped, addresses=("mal@x.example",))
    services.notify(document=document, now=NOON)

    targets = [Target("bien@x.example", corrects="mal@x.example", save=True)]
    services.resend(document=document, targets=targets, note="Corregido", by=None, now=NOON + timedelta(hours=1))

    old, new = Delivery.objects.order_by("pk")
    assert old.replaced_by == new
    assert new.source == Delivery.Source.MANUAL
    events = list(HistoryEntry.objects.order_by("seq").values_list("event", flat=True))
    assert events == ["imported", "notified", "address_saved", "resent"]
    assert document.customer.emails.get().address_key == "bien@x.example"


def test_the_roll_up_follows_the_corrected_address(sink, company):
    with company_scope(company.pk):
        document = factories.document(company, addresses=("mal@x.example",))
        services.notify(document=document, now=NOON)
    sink.replies["mal@x.example"] = ["550 5.1.1 no"]
    outbox.drain(clock=lambda: NOON)
    with company_scope(company.pk):
        services.resend(document=document, targets=[Target("bien@x.example", corrects="mal@x.example")], note="", by=None, now=NOON)

    outbox.drain(clock=lambda: NOON)

    document = ElectronicDocument.across.get(pk=document.pk)
    assert (document.delivery_status, document.deliveries_reached, document.deliveries_total) == ("sent", 1, 1)
    assert document.customer_status == "pending"


@pytest.mark.parametrize("status", ["not_sent", "in_validation", "rejected"])
def test_what_dian_did_not_accept_is_not_resent(scoped, status):
    document = factories.document(scoped, dian_status=status)

    with pytest.raises(NotNotifiable):
        services.resend(document=document, targets=[Target("a@x.example")], note="", by=None, now=NOON)

    assert not Notification.objects.exists()


def test_a_notification_that_fails_half_way_leaves_nothing(scoped, monkeypatch):
    document = factories.document(scoped)
    monkeypatch.setattr(outbox, "enqueue", lambda **_: 1 / 0)

    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.notify(document=document, now=NOON)

    assert not Notification.objects.exists()
    assert list(HistoryEntry.objects.values_list("event", flat=True)) == ["imported"]
