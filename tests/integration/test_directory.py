"""DIAN's reception list: taken in whole or not at all, looked up by NIT, uploaded by whoever administers the platform."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from invoices import directory, selectors
from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, Membership, ReceptionDirectory
from invoices.scope import company_scope
from tests import factories
from tests.conftest import superuser
from tests.factories import NOON
from tests.integration.customer_pages import text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 15)
LIST = b'"900373076","fe@empresa.com","2026-03-01"\n"800197268","NULL","2026-01-01"\n'


@pytest.fixture
def company() -> Company:
    return factories.company("909482675")


@pytest.fixture
def address(company: Company) -> str:
    return reverse("reception_directory", args=[company.nit])


def entry(address: str, seen: date = TODAY, listed: date | None = None, nit: str = "900373076") -> ReceptionDirectory:
    """One row of our copy."""
    return ReceptionDirectory.objects.create(nit=nit, address_key=address, listed_on=listed, first_seen=seen, last_seen=seen)


def merge(content: bytes) -> directory.Merged:
    return directory.merge(source=BytesIO(content), today=TODAY)


def test_a_list_is_merged_in_batches_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "BATCH", 2)

    merged = merge(LIST * 2 + b'"901555013","a@b.com","NULL"\n')

    assert merged == directory.Merged(read=3, skipped=2)
    assert ReceptionDirectory.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Ninguna fila"),
        (b"Hola;esto\nno;es\n", "Ninguna fila"),
        (b"%PDF-1.7\n\x00\xff\xfe", "Ninguna fila"),
        (b'"900373076","' + b"x" * 200_000 + b'"\n', "no se puede leer como CSV"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        merge(content)

    assert refused.value.field == "file"


def test_a_list_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "BATCH", 1)

    with pytest.raises(Invalid):
        merge(LIST + b'"901555013","' + b"x" * 200_000 + b'"\n')

    assert not ReceptionDirectory.objects.exists()


def test_two_lists_are_not_merged_at_once() -> None:
    with superuser(connection.settings_dict["NAME"]) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [directory.LOCK])

        with pytest.raises(Invalid, match="Otra persona está cargando"):
            merge(LIST)


def test_a_list_is_read_a_piece_at_a_time() -> None:
    asked: list[int] = []

    class Watched(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read(size)

        def read1(self, size: int | None = -1, /) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read1(size)

    directory.merge(source=Watched(LIST * 5_000), today=TODAY)

    assert len(asked) > 10
    assert 0 < min(asked) <= max(asked) <= 1_048_576


def test_the_file_stays_the_callers(tmp_path: Any) -> None:
    (tmp_path / "lista.csv").write_bytes(LIST)

    with (tmp_path / "lista.csv").open("rb") as source:
        directory.merge(source=source, today=TODAY)

        assert not source.closed


def test_the_address_in_use_is_the_one_seen_last_then_dated_last() -> None:
    entry("viejo@x.com", TODAY - timedelta(days=30), TODAY)
    entry("sin-fecha@x.com")
    entry("usado@x.com", listed=date(2026, 3, 1))
    entry("anterior@x.com", listed=date(2026, 2, 1))

    found = [row.address_key for row in directory.listed("900373076")]

    assert found == ["usado@x.com", "anterior@x.com", "sin-fecha@x.com", "viejo@x.com"]


def test_what_is_told_to_a_customer_is_what_the_page_says_is_used(company: Company) -> None:
    entry("sin-fecha@x.com")
    entry("usado@x.com", listed=date(2026, 3, 1))
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="900373076")
        namesake = factories.customer(company, identification="900373076", identification_type="13")

        used = directory.in_use([buyer, namesake])

    assert {pk: row.address_key for pk, row in used.items()} == {buyer.pk: "usado@x.com"}


def test_our_copy_is_counted_while_it_is_small_and_estimated_then(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        entry(f"a{number}@x.com", TODAY - timedelta(days=number))
    exact = directory.our_copy()
    monkeypatch.setattr(selectors, "MOST_COUNTED", 3)
    monkeypatch.setattr(directory, "MOST_COUNTED", 3)

    about = directory.our_copy()

    assert exact == directory.Copy(TODAY, 5, about=False)
    assert (about.seen, about.about, about.rows >= 4) == (TODAY, True, True)


def test_a_nit_is_found_however_it_is_typed(client: Any, company: Company, address: str) -> None:
    entry("fe@empresa.com", listed=date(2026, 3, 1))
    client.force_login(factories.member(company))

    pages = [text_of(client.get(address, {"nit": typed})) for typed in ("900373076", "NIT 900.373.076-4", " 900373076-4 ")]

    assert all("fe@empresa.com" in page and "Se usa" in page and "01/03/2026" in page for page in pages)


def test_a_wrong_check_digit_is_named_at_the_field(client: Any, company: Company, address: str) -> None:
    client.force_login(factories.member(company))

    page = text_of(client.get(address, {"nit": "900.373.076-1"}))

    assert "El dígito de verificación de 900373076 es 4, no 1." in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize("typed", ["abc", "\x00", "9" * 400, "١٢٣"])
def test_what_is_no_nit_is_no_error(client: Any, company: Company, address: str, typed: str) -> None:
    client.force_login(factories.member(company))

    response = client.get(address, {"nit": typed})

    assert response.status_code == 200
    assert "errorlist" in text_of(response)


def test_a_nit_that_is_not_listed_leads_to_dians_page(client: Any, company: Company, address: str) -> None:
    entry("fe@empresa.com")
    client.force_login(factories.member(company))

    page = text_of(client.get(address, {"nit": "800197268"}))

    assert "No está en nuestra copia" in page
    assert "https://micrositios.dian.gov.co/sistema-de-facturacion-electronica/" in page


def test_the_page_says_what_the_customer_has_and_what_left_the_list(client: Any, company: Company, address: str) -> None:
    entry("fe@empresa.com", TODAY - timedelta(days=40))
    entry("otro@otra.com", nit="800197268")
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="900373076", name="Mi Comprador S.A.S.")
        factories.email(buyer, "fe@empresa.com", active=False, deactivated_at=NOON, deactivated_reason="Lo pidió")
    client.force_login(factories.member(company))

    page = text_of(client.get(address, {"nit": "900373076"}))

    assert "Mi Comprador S.A.S." in page
    assert "Está entre los correos del cliente, desactivado" in page
    assert "Este NIT no aparece en la lista del 15/07/2026" in page


def test_an_address_that_cannot_receive_is_said(client: Any, company: Company, address: str) -> None:
    entry("josé@empresa.com")
    client.force_login(factories.member(company))

    page = text_of(client.get(address, {"nit": "900373076"}))

    assert "No puede recibir" in page
    assert "Se usa</span>" not in page


def test_the_page_costs_the_same_for_one_address_and_for_many(
    client: Any, company: Company, address: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        entry(f"a{number}@x.com")
    with company_scope(company.pk):
        factories.customer(company, identification="900373076")
    client.force_login(factories.member(company))

    with django_assert_max_num_queries(13):
        page = text_of(client.get(address, {"nit": "900373076"}))

    assert page.count('<th scope="row"') == directory.MOST_LISTED


def upload(client: Any, address: str, content: bytes = LIST) -> Any:
    """The answer to an upload of the list, at noon."""
    with time_machine.travel(NOON, tick=False):
        return client.post(address, {"lista": SimpleUploadedFile("emails.csv", content)} if content else {}, follow=True)


def test_whoever_administers_the_platform_uploads_the_list(client: Any, company: Company, address: str) -> None:
    client.force_login(factories.member(company, name="Sofía Peña", is_staff=True))

    page = text_of(upload(client, address))

    assert "Lista cargada: 1 filas leídas; 1 sin NIT o sin correo." in page
    assert ReceptionDirectory.objects.get().last_seen == TODAY
    with company_scope(company.pk):
        line = AuditEntry.objects.get()
    assert (line.action, line.actor_name, line.data) == (
        "directory_imported",
        "Sofía Peña",
        {"file": "emails.csv", "rows": 1, "skipped": 1},
    )


@pytest.mark.parametrize(
    ("role", "staff"), [(Membership.Role.ADMINISTRATOR, False), (Membership.Role.ACCOUNTANT, False), (Membership.Role.AUDITOR, True)]
)
def test_nobody_else_does(client: Any, company: Company, address: str, role: str, staff: bool) -> None:
    client.force_login(factories.member(company, role, is_staff=staff))

    response = upload(client, address)

    assert response.status_code == 403
    assert not ReceptionDirectory.objects.exists()
    assert "la carga quien administra la plataforma" in text_of(client.get(address))


@pytest.mark.parametrize(("content", "words"), [(b"", "Elige el archivo CSV"), (b"hola", "Ninguna fila trae un NIT")])
def test_an_upload_that_is_refused_says_why_beside_the_field(
    client: Any, company: Company, address: str, content: bytes, words: str
) -> None:
    client.force_login(factories.member(company, is_staff=True))

    response = upload(client, address, content)

    assert response.status_code == 422
    assert words in text_of(response)
    with company_scope(company.pk):
        assert not AuditEntry.objects.exists()


def test_a_list_that_is_too_big_is_not_read(client: Any, company: Company, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MAX_BYTES", 50)
    client.force_login(factories.member(company, is_staff=True))

    response = upload(client, address)

    assert response.status_code == 422
    assert "El archivo pesa" in text_of(response)
    assert not ReceptionDirectory.objects.exists()
