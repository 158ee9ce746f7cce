"""The package of a bare XML, its review before it goes, and the page that reviews any file."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from invoices import demands
from invoices.models import Company, DocumentFile, ElectronicDocument, Membership, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from invoices.ubl.attached import read_xml
from invoices.ubl.container import read_upload
from invoices.ubl.names import is_rule_name
from invoices.ubl.types import Document
from notifications import first_notices, graphic, intake, services
from notifications.lives import DeliveryState
from notifications.models import Delivery, Package
from notifications.package import MAX_PACKAGE_BYTES
from tests import factories
from tests import ubl_builders as ubl
from tests.api import Api, key_of
from tests.factories import NOON
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.", trade_name="La Tuerca")


@pytest.fixture(autouse=True)
def _quick(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent goes to the sink, and what is packed matters here, not how it is printed."""
    monkeypatch.setattr(graphic, "render", lambda **_: ubl.PDF)


def take(company: Company, *files: tuple[str, bytes], notify: intake.Notify = "yes") -> list[intake.Line]:
    """Take in and, where the PDF had to be made, let the worker send."""
    lines = list(intake.receive(files, companies={company.nit: company}, by=None, notify=notify, now=NOON))
    first_notices.work(clock=lambda: NOON)
    return lines


def take_bare(company: Company, **more: bytes) -> bytes:
    """A bare invoice and DIAN's answer, in one ZIP; the invoice's bytes."""
    invoice = ubl.build_invoice(emails="a@x.example")
    take(company, ("z.zip", ubl.build_zip({"fv.xml": invoice, "ar.xml": ubl.build_response(document=invoice), **more})))
    return invoice


def only_package(company: Company) -> Package:
    with company_scope(company.pk):
        return Package.objects.select_related("file").get()


def test_a_bare_xml_and_dians_answer_go_in_one_container_of_the_same_facts(company: Company) -> None:
    invoice = take_bare(company)

    package = only_package(company)
    data = package.file.read()
    names = sorted(zipfile.ZipFile(io.BytesIO(data)).namelist(), reverse=True)
    [piece] = read_upload(package.name, data).pieces
    [source] = read_xml(invoice).pieces
    assert [name[-3:] for name in names] == ["xml", "pdf"]
    assert names[0].startswith("ad")
    assert is_rule_name(names[0])
    assert is_rule_name(package.name)
    assert isinstance(piece.content, Document)
    assert piece.content == source.content
    assert piece.verdict_in_container
    assert len(data) <= MAX_PACKAGE_BYTES


def test_the_same_files_make_one_package_only(company: Company) -> None:
    take_bare(company)

    with company_scope(company.pk):
        document = ElectronicDocument.objects.get()
        services.resend(document=document, targets=[services.Target("b@x.example")], note="", by=None, now=NOON)
    assert only_package(company).document_id == document.pk


def test_the_annexes_go_as_a_zip_and_give_way_before_the_pdf(company: Company) -> None:
    with company_scope(company.pk):
        take_bare(company)
        document = ElectronicDocument.objects.get()
        DocumentFile.objects.filter(role="pdf").delete()  # ours: the seller's comes instead
        for role, name, size in (("pdf", "f.pdf", 900), ("annex", "plano.pdf", MAX_PACKAGE_BYTES)):
            file = store_file(company_id=company.pk, name=name, data=noise(size), kind=StoredFile.Kind.RECEIVED)
            DocumentFile.objects.create(company=company, document=document, file=file, role=role)
        services.resend(document=document, targets=[services.Target("b@x.example")], note="", by=None, now=NOON)
        package = Package.objects.select_related("file").latest("pk")

    names = zipfile.ZipFile(io.BytesIO(package.file.read())).namelist()
    assert sorted(name[-3:] for name in names) == ["pdf", "xml"]
    assert (package.without_pdf, package.without_annexes) == (False, True)


def test_what_comes_beside_the_document_goes_in_a_zip_of_its_own(company: Company) -> None:
    take_bare(company, **{"fotos/plano.png": noise(900), "remision.xlsx": b"hoja"})

    archive = zipfile.ZipFile(io.BytesIO(only_package(company).file.read()))
    assert zipfile.ZipFile(io.BytesIO(archive.read("anexos.zip"))).namelist() == ["fotos/plano.png", "remision.xlsx"]


def test_a_damaged_annex_is_told_and_the_document_goes_without_it(company: Company) -> None:
    data = bytearray(
        ubl.build_zip({"ad.xml": ubl.build_attached_document(ubl.build_invoice(), ubl.build_response()), "foto.png": noise(900)})
    )
    at = data.index(b"foto.png") + 100
    data[at] ^= 0xFF

    lines = take(company, ("z.zip", bytes(data)))

    assert [(line.outcome.value, line.name) for line in lines if line.outcome.value == "refused"] == [("refused", "z.zip › foto.png")]
    assert sorted(name[-3:] for name in zipfile.ZipFile(io.BytesIO(only_package(company).file.read())).namelist()) == ["pdf", "xml"]


def test_the_buyer_is_told_where_the_annexes_are_that_do_not_fit(company: Company) -> None:
    take_bare(company, **{"video.mp4": noise(MAX_PACKAGE_BYTES)})

    with company_scope(company.pk):
        text = " ".join(Delivery.objects.get().text_body.split())
    assert only_package(company).without_annexes
    assert "Los anexos no caben en el correo: se descargan en el enlace." in text


def noise(size: int) -> bytes:
    import random

    return random.Random(size).randbytes(size)


def test_the_review_is_kept_and_warnings_never_block(company: Company) -> None:
    take_bare(company)

    package = only_package(company)
    assert package.grade == "advierte"
    assert "advierte" in {grade for _, grade, *_ in package.review}
    with company_scope(company.pk):
        assert Delivery.objects.get().state == DeliveryState.SENT


def blocked(company: Company) -> ElectronicDocument:
    """A document whose buyer takes nothing without a purchase order, and that names none."""
    take(company, ("z.zip", ubl.build_zip({"ad.xml": ubl.build_attached_document(ubl.build_invoice(), ubl.build_response())})), notify="no")
    document = ElectronicDocument.objects.select_related("customer").get()
    demands.keep(customer=document.customer, demand="order_number", value="10", prevents=True, by=factories.user(), at=NOON)
    factories.email(document.customer, "compras@example.com")
    services.notify(document=document, now=NOON)
    return document


def test_a_demand_that_prevents_blocks_the_delivery_and_is_an_open_problem(company: Company) -> None:
    with company_scope(company.pk):
        document = blocked(company)

        delivery = Delivery.objects.get()
        document.refresh_from_db()
        assert (delivery.state, delivery.reason, delivery.text_body) == (DeliveryState.BLOCKED, "conformity", "")
        assert document.delivery_status == "problem"


def test_the_documents_page_says_what_prevents_and_reviews_again(client: Client, company: Company) -> None:
    client.force_login(factories.member(company))
    with company_scope(company.pk):
        document = blocked(company)
    page = reverse("document", args=[company.nit, document.pk])
    before = client.get(page).content.decode()
    with company_scope(company.pk):
        document.customer.demands.all().delete()

    client.post(reverse("package_review", args=[company.nit, document.pk]))

    assert "Este comprador pide la orden de compra, y el documento no la trae." in before
    assert "Impide el envío." in before
    assert "Impide el envío." not in client.get(page).content.decode()


def test_what_the_buyer_no_longer_asks_no_longer_blocks(company: Company) -> None:
    with company_scope(company.pk):
        document = blocked(company)
        document.customer.demands.all().delete()

        services.resend(document=document, targets=[services.Target("compras@example.com")], note="", by=None, now=NOON)

        states = dict(Delivery.objects.values_list("notification__origin", "state"))
        assert states == {"initial": DeliveryState.BLOCKED, "resend": DeliveryState.QUEUED}


def test_what_the_buyer_asks_since_the_first_send_blocks_the_next(company: Company) -> None:
    take_bare(company)
    with company_scope(company.pk):
        document = ElectronicDocument.objects.select_related("customer").get()
        demands.keep(customer=document.customer, demand="order_number", value="10", prevents=True, by=factories.user(), at=NOON)

        services.resend(document=document, targets=[services.Target("b@x.example")], note="", by=None, now=NOON)

        assert Delivery.objects.get(address_key="b@x.example").reason == "conformity"
        assert [item.grade for item in Package.objects.order_by("pk")] == ["advierte", "impide"]


def test_the_review_with_which_a_package_went_stays(client: Client, company: Company) -> None:
    client.force_login(factories.member(company))
    take_bare(company)
    before = only_package(company)
    with company_scope(company.pk):
        document = ElectronicDocument.objects.select_related("customer").get()
        demands.keep(customer=document.customer, demand="order_number", value="10", prevents=True, by=factories.user(), at=NOON)

    page = client.post(reverse("package_review", args=[company.nit, document.pk]), follow=True)

    said = f"Se revisó el paquete {before.name} con las reglas de hoy: impide. La revisión con la que salió queda como estaba."
    assert said in page.content.decode()
    assert only_package(company).review == before.review


def test_two_documents_in_one_container_never_go_to_one_of_the_buyers(company: Company) -> None:
    mine = ubl.build_invoice(emails="a@x.example")
    other = ubl.build_invoice(number="FE9999", customer=ubl.CUSTOMER._replace(identification="901000002"), emails="b@x.example")
    both = ubl.build_attached_document(mine, ubl.build_response(document=mine)).decode()
    at = both.index("<cac:ParentDocumentLineReference>")
    second = ubl.build_attached_document(other).decode()
    both = both[:at] + second[second.index("<cac:Attachment>") : second.index("</cac:Attachment>") + len("</cac:Attachment>")] + both[at:]
    take(company, ("z.zip", ubl.build_zip({"ad.xml": both.encode(), "f.pdf": ubl.PDF})))

    with company_scope(company.pk):
        assert ElectronicDocument.objects.count() == 2
        assert {item.state for item in Delivery.objects.all()} == {DeliveryState.BLOCKED}


def test_an_answer_that_came_before_its_container_goes_in_no_second_file(company: Company) -> None:
    invoice = take_bare(company)
    answer = ubl.build_response(document=invoice)
    take(company, ("c.zip", ubl.build_zip({"ad.xml": ubl.build_attached_document(invoice, answer)})))

    assert members_after_a_resend(company) == ["ad.pdf", "ad.xml"]


def test_an_answer_that_came_apart_from_its_container_goes_inside_it(company: Company) -> None:
    invoice = ubl.build_invoice(emails="a@x.example")
    take(company, ("c.zip", ubl.build_zip({"ad.xml": ubl.build_attached_document(invoice)})))
    take(company, ("ar.xml", ubl.build_response(document=invoice)))

    package = only_package(company)
    [piece] = read_upload(package.name, package.file.read()).pieces
    assert piece.verdict_in_container
    assert {row[1] for row in package.review if row[0] in {"respuesta-dian", "resultado"}} == {"cumple"}


def members_after_a_resend(company: Company) -> list[str]:
    """The kind and the ending of each file in the package that goes now."""
    with company_scope(company.pk):
        document = ElectronicDocument.objects.get()
        services.resend(document=document, targets=[services.Target("b@x.example")], note="", by=None, now=NOON)
        package = Package.objects.select_related("file").latest("used_at", "pk")
    return sorted(name[:2] + name[-4:] for name in zipfile.ZipFile(io.BytesIO(package.file.read())).namelist())


SENTENCE = "Impide el envío: Este comprador pide la orden de compra, y el documento no la trae."


def test_the_rule_that_prevents_is_said_where_the_delivery_is_explained(client: Client, company: Company) -> None:
    client.force_login(factories.member(company))
    with company_scope(company.pk):
        document = blocked(company)
        query = {"correo": Delivery.objects.get().address_key, "causa": "conformity"}

    why = client.get(reverse("document", args=[company.nit, document.pk])).content.decode().split("¿Por qué dice esto?")[1]
    row = client.get(reverse("problem_row", args=[company.nit, document.customer_id]), query).content.decode()
    [told] = Api(key_of(company)).get(f"documents/{document.pk}/acknowledgements/").json()["recipients"]

    assert SENTENCE in why
    assert SENTENCE in row
    assert SENTENCE in told["ruling"]


def test_a_later_review_that_prevents_nothing_is_said_as_well(client: Client, company: Company) -> None:
    client.force_login(factories.member(company))
    with company_scope(company.pk):
        document = blocked(company)
        document.customer.demands.all().delete()
    client.post(reverse("package_review", args=[company.nit, document.pk]))

    page = client.get(reverse("document", args=[company.nit, document.pk])).content.decode()

    assert "La última revisión del paquete ya no lo impide: se puede reenviar." in page
    assert SENTENCE not in page


def test_an_auditor_does_not_review_again(client: Client, company: Company) -> None:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))
    with company_scope(company.pk):
        document = blocked(company)

    response = client.post(reverse("package_review", args=[company.nit, document.pk]))

    assert response.status_code == 403


def test_any_file_is_reviewed_and_nothing_of_it_is_kept(client: Client, company: Company) -> None:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))
    file = SimpleUploadedFile("recibido.xml", ubl.build_invoice())

    page = client.post(reverse("check_file", args=[company.nit]), {"archivo": file})

    assert "El documento va suelto: tiene que ir dentro del contenedor (AttachedDocument)." in page.content.decode()
    with company_scope(company.pk):
        assert not StoredFile.objects.exists()


def test_what_is_no_xml_at_all_is_told_and_breaks_nothing(client: Client, company: Company) -> None:
    client.force_login(factories.member(company))

    page = client.post(reverse("check_file", args=[company.nit]), {"archivo": SimpleUploadedFile("x.zip", b"no es un zip")})

    assert page.status_code == 200
    assert "Se llama como un ZIP y no lo es" in page.content.decode()


def test_without_a_file_the_page_asks_for_one(client: Client, company: Company) -> None:
    client.force_login(factories.member(company))

    page = client.post(reverse("check_file", args=[company.nit]))

    assert page.status_code == 422
    assert "Elige un archivo ZIP o XML." in page.content.decode()
