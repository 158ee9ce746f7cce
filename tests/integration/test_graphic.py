"""The *representación gráfica* as a PDF: read back, page by page."""

import hashlib
import io
import logging
import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pypdf
import pytest
from django.conf import settings
from PIL import Image

from invoices import logos
from invoices.models import Company, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from invoices.ubl.refusal import Refused
from notifications import graphic
from tests import factories
from tests.integration.graphic_pages import CODE, CREATED, WITHHELD, answer, pages, printed, seller
from tests.ubl_builders import Who, build_attached_document, fake_key
from tests.ubl_printed_builders import SIX, Item, build_sheet, many

D = Decimal


@cache
def six() -> bytes:
    """The PDF of the invoice with six lines, made once."""
    return printed(build_sheet(withheld=WITHHELD))


@cache
def sixty() -> list[str]:
    """The pages of one with sixty, made once."""
    return pages(printed(build_sheet(items=many(60), freight=D(185000), withheld=WITHHELD)))


@pytest.mark.parametrize(
    "said",
    [
        "Factura electrónica de venta",
        "FEV20418",
        "El Frailejón Despensa",
        "Despensa y Café El Frailejón S.A.S.",
        "NIT 909.214.587-8",
        "Responsable de IVA · Gran contribuyente · Agente de retención de IVA · Actividad 4631",
        "Generada 24/11/2026, 08:41:07",
        "Validada por la DIAN (expedición) 24/11/2026, 08:41:12",
        "Vence 24/12/2026",
        "Hotel Mirador del Chicamocha S.A.S.",
        "NIT 908.630.142-4",
        "Aratoca, Santander, Colombia",
        "Orden de compra OC-8841",
        "Crédito a 30 días",
        "Medio: Transferencia crédito bancario",
        "2 VAS-0800 Vaso biodegradable de 8 onzas, caja por 1.000 2 Caja 190.000,00 5 % 19 % 361.000,00",
        "Lote 2611-H",
        "Un millón setecientos ochenta y cinco mil pesos colombianos M/CTE",
        "IVA 5 % 400.000,00 20.000,00",
        "IVA 19 % 1.000.000,00 190.000,00",
        "IVA 0 % 175.000,00 0,00",
        "Valor bruto 1.594.000,00",
        "Descuentos en líneas −19.000,00",
        "Total a pagar $ 1.785.000,00",
        "Retención en la fuente 2,5 % −39.375,00",
        "Retención de IVA 15 % −31.500,00",
        "Retenciones informativas: no cambian el total del documento.",
        "Recepción de mercancía de 7:00 a 11:00",
        "CUFE " + fake_key(("909214587", "FEV20418")),
        "Autorización de numeración DIAN 18764000012345 del 02/02/2026, prefijo FEV, del 1 al 50.000, vigente hasta el 02/02/2028.",
        "Software de proveedor tecnológico, NIT 907.415.263-2.",
        "Eventos y respuestas a acuses@elfrailejon.example.com",
        "el documento válido es el XML que validó la DIAN.",
        "Página 1 de 1",
    ],
)
def test_an_invoice_says_all_that_it_must(said: str) -> None:
    [page] = pages(six())

    assert said in page


def test_an_invoice_of_six_lines_is_one_light_page_of_letter_size() -> None:
    [page] = pypdf.PdfReader(io.BytesIO(six())).pages

    assert len(six()) < 150_000
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (612, 792)


def test_a_valid_invoice_has_no_band() -> None:
    assert "Sin validez" not in pages(six())[0]


@pytest.mark.parametrize(("environment", "code", "band"), [("2", "", "ambiente de pruebas"), ("1", "04", "rechazada por la DIAN")])
def test_what_is_worth_nothing_says_so_on_every_page(environment: str, code: str, band: str) -> None:
    every = pages(printed(build_sheet(environment=environment, items=many(20)), code=code))

    assert len(every) == 2
    assert all(f"Sin validez: {band}" in page for page in every)


def test_without_an_answer_of_dian_none_is_claimed() -> None:
    [page] = pages(printed(build_sheet(), code=""))

    assert "Validación de la DIAN Sin respuesta" in page
    assert "validó la DIAN" not in page


def test_sixty_lines_repeat_their_heads_and_each_stands_once() -> None:
    assert len(sixty()) == 3
    assert all("Código Descripción Cantidad Unidad Valor unitario" in page for page in sixty())
    assert CODE.findall(" ".join(sixty())) == [item.code for item in many(60)]


def test_every_page_says_whose_it_is_and_which_it_is() -> None:
    for number, page in enumerate(sixty(), 1):
        assert f"Página {number} de 3" in page
        assert "CUFE " + fake_key(("909214587", "FEV20418"))[:12] in page
    assert all("El Frailejón Despensa · NIT 909.214.587-8" in page and "venta FEV20418" in page for page in sixty()[1:])


def test_a_credit_note_says_why_and_of_which_invoice() -> None:
    [page] = pages(printed(build_sheet(root="CreditNote", type_code="91", number="NC118", prefix="NC", items=SIX[1:2])))

    assert "Nota crédito electrónica NC118" in page
    assert (
        "Motivo de la nota Devolución parcial de los bienes y/o no aceptación parcial del servicio Factura FEV20418 del 24/11/2026" in page
    )
    assert "CUDE " + fake_key(("909214587", "NC118")) in page
    assert "Total de la nota $ 429.590,00" in page
    assert "Vence" not in page
    assert "Autorización de numeración" not in page


def test_a_debit_note_is_called_one() -> None:
    [page] = pages(printed(build_sheet(root="DebitNote", number="ND7", prefix="ND", items=SIX[5:], concept="1")))

    assert "Nota débito electrónica ND7" in page
    assert "Motivo de la nota Intereses" in page


def test_an_export_is_in_its_currency_and_in_pesos() -> None:
    beans = Item("CAF-EXP", "Green coffee beans", D(320), "SA", D("412.505"), D(0))
    buyer = Who("DE811569869", "Rösterei Müller & Söhne GmbH", kind="50")

    [page] = pages(printed(build_sheet(type_code="02", currency="USD", exchange=D("3987.45"), items=[beans], buyer=buyer)))

    assert "Factura electrónica de exportación" in page
    assert "NIT extranjero DE811569869" in page
    assert "Total a pagar US$ 132.001,60" in page
    assert "Ciento treinta y dos mil un dólares estadounidenses con 60/100" in page
    assert "Tasa de cambio: 1 USD = 3.987,45 COP (24/11/2026). El total equivale a $ 526.349.779,92 COP." in page


def test_what_a_stranger_writes_is_text_and_fetches_nothing() -> None:
    hostile = '<img src="http://127.0.0.1:9/x"><script>alert(1)</script>'

    [page] = pages(printed(build_sheet(items=[SIX[0]._replace(description=hostile)], notes=[f"Nota {hostile}"])))

    assert hostile in page


def test_the_container_prints_as_the_document_in_it() -> None:
    xml = build_sheet()

    assert graphic.render(xml=build_attached_document(xml), response=answer(xml), company=seller(), created=CREATED) == printed(xml)


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refused):
        graphic.render(xml=b"<Invoice/>", response=None, company=seller(), created=CREATED)


def test_the_same_document_gives_the_same_bytes_and_another_date_other_ones() -> None:
    xml = build_sheet(items=SIX[:2])

    assert printed(xml) == printed(xml)
    assert printed(xml) != printed(xml, created=CREATED + timedelta(seconds=1))


def test_another_process_gives_the_same_bytes(tmp_path: Any) -> None:
    (tmp_path / "invoice.xml").write_bytes(build_sheet(items=SIX[:2]))
    code = (
        "import sys, hashlib, django, datetime, pathlib; django.setup()\n"
        "from notifications import graphic; from invoices.models import Company\n"
        "created = datetime.datetime(2026, 11, 24, 13, 41, 12, tzinfo=datetime.UTC)\n"
        "xml = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "print(hashlib.sha256(graphic.render(xml=xml, response=None, company=Company(nit='1'), created=created)).hexdigest())"
    )

    digests = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "invoice.xml")],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "einvoice_trace.settings"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    here = graphic.render(xml=build_sheet(items=SIX[:2]), response=None, company=Company(nit="1"), created=CREATED)
    assert digests == {hashlib.sha256(here).hexdigest()}


def test_the_file_is_an_archive_with_a_structure_its_own_date_and_our_fonts() -> None:
    reader = pypdf.PdfReader(io.BytesIO(six()))

    assert reader.xmp_metadata is not None
    assert b"pdfaid" in reader.xmp_metadata.stream.get_data()
    assert reader.trailer["/Root"]["/Lang"] == "es-CO"
    assert reader.metadata is not None
    assert (reader.metadata.author, reader.metadata.creation_date) == ("Despensa y Café El Frailejón S.A.S.", CREATED)
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert {str(font["/BaseFont"]).split("+")[1] for font in fonts} == {"Inter", "Inter-Semi-Bold", "Inter-Bold", "Plex-Code"}


@pytest.mark.django_db(transaction=True)
def test_the_seller_s_logo_stands_on_its_paper_and_on_no_other(caplog: pytest.LogCaptureFixture) -> None:
    company = factories.company("909214587")
    buffer = io.BytesIO()
    Image.new("RGB", (300, 150), (29, 107, 79)).save(buffer, "PNG")
    caplog.set_level(logging.WARNING, "weasyprint")
    with company_scope(company.pk):
        company.logo = store_file(company_id=company.pk, name="logo.png", data=logos.draw(buffer.getvalue()), kind=StoredFile.Kind.LOGO)

        own = printed(build_sheet(items=SIX[:1]), company=company)
        other = printed(build_sheet(items=SIX[:1], seller=Who("901555013", "FERRETERÍA LA TUERCA S.A.S.")), company=company)

    images = [len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images) for pdf in (own, other)]
    assert images == [1, 0]
    assert caplog.messages == []
