"""Relación Transacciones de Venta: what is found, in which order, at what cost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from invoices import selectors
from invoices.models import DocumentRecipient, ElectronicDocument
from invoices.scope import OutsideCompanyScope, company_scope
from invoices.selectors import BY_DATE, BY_MOVEMENT, Filters
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return factories.company("900373076")


@pytest.fixture
def page(client, company):
    client.force_login(factories.member(company))

    def get(name="documents", **query):
        return client.get(reverse(name, args=[company.nit]), query)

    return get


def numbers(filters, order=BY_DATE):
    return [document.number for document in selectors.page(selectors.documents(filters), order=order, cursor=None).rows]


@pytest.fixture
def three(company):
    with company_scope(company.pk):
        salud = factories.customer(company, name="Droguería Salud Vital S.A.S.", identification="909096754")
        return [
            factories.document(
                company, number="FER-12871", customer=salud, at=NOON - timedelta(days=2), addresses=("compras@salud.example",)
            ),
            factories.document(company, number="FER-12872", at=NOON - timedelta(days=1), delivery_status="problem", addresses=()),
            factories.document(company, number="NC-0418", type_code="91", at=NOON, dian_status="rejected", addresses=()),
        ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fer12871", ["FER-12871"]),
        ("FER-128", ["FER-12872", "FER-12871"]),
        ("fer", ["FER-12872", "FER-12871"]),
        ("909.096.754", ["FER-12871"]),
        ("90909", ["FER-12871"]),
        ("salud vital", ["FER-12871"]),
        ("drogueria", ["FER-12871"]),
        ("Compras@Salud", ["FER-12871"]),
        ("zzz9", []),
        ("---", []),
    ],
)
def test_one_box_finds_number_nit_name_and_address(company, three, typed, found):
    with company_scope(company.pk):
        assert numbers(Filters(q=typed)) == found


def test_the_box_finds_by_cufe(company, three):
    with company_scope(company.pk):
        assert numbers(Filters(q=three[0].key[:24])) == ["FER-12871"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(since=NOON.date()), ["NC-0418"]),
        (Filters(until=(NOON - timedelta(days=2)).date()), ["FER-12871"]),
        (Filters(dian="rejected"), ["NC-0418"]),
        (Filters(delivery="problem"), ["FER-12872"]),
        (Filters(customer_status="not_sent", type_code="91"), ["NC-0418"]),
    ],
)
def test_filters_narrow(company, three, filters, found):
    with company_scope(company.pk):
        assert numbers(filters) == found


@pytest.mark.parametrize("order", [BY_DATE, BY_MOVEMENT])
def test_pages_follow_each_other_without_gap_or_repetition(company, order):
    with company_scope(company.pk):
        for number in range(23):
            factories.document(company, number=f"FE-{number:03}", at=NOON - timedelta(days=number // 3))
        rows, seen, cursor = selectors.documents(Filters()), [], None
        while True:
            page = selectors.page(rows, order=order, cursor=cursor, size=5)
            seen.append([row.number for row in page.rows])
            if page.older is None:
                break
            cursor = page.older
        back = selectors.page(rows, order=order, cursor=page.newer, size=5)

    assert [len(numbers) for numbers in seen] == [5, 5, 5, 5, 3]
    assert len({number for numbers in seen for number in numbers}) == 23
    assert [row.number for row in back.rows] == seen[3]


def test_a_row_that_arrives_does_not_shift_the_next_page(company):
    with company_scope(company.pk):
        for number in range(6):
            factories.document(company, number=f"FE-{number}", at=NOON - timedelta(days=number))
        first = selectors.page(selectors.documents(Filters()), order=BY_DATE, cursor=None, size=3)
        factories.document(company, number="FE-new", at=NOON + timedelta(days=1))

        second = selectors.page(selectors.documents(Filters()), order=BY_DATE, cursor=first.older, size=3)

    assert [row.number for row in second.rows] == ["FE-3", "FE-4", "FE-5"]


def test_counts_stop(company, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_COUNTED", 3)
    with company_scope(company.pk):
        for _ in range(6):
            factories.document(company)

        assert selectors.count(selectors.documents(Filters())) == 4


def test_the_page_costs_the_same_for_one_row_and_for_fifty(page, company, django_assert_max_num_queries):
    with company_scope(company.pk):
        for _ in range(55):
            factories.document(company)

    with django_assert_max_num_queries(13):
        response = page()

    assert response.content.decode().count("data-row") == 50


@pytest.mark.parametrize(
    "query",
    [
        {"desde": "ayer"},
        {"dian": "nada"},
        {"pagina": "%%%"},
        {"pagina": "YSBub3BlIG5vcGU"},
        {"orden": "otro"},
        {"q": "x" * 500},
        {"q": "\x00"},
        {"q": "ñ’%_\\"},
    ],
)
def test_an_address_that_somebody_mangled_is_no_error(page, three, query):
    assert page(**query).status_code == 200


def test_a_date_that_is_none_is_named_beside_its_field(page):
    assert "Escribe la fecha como dd/mm/aaaa." in page(desde="ayer").content.decode()


def test_htmx_gets_the_list_alone_and_the_back_button_the_page(client, page, three, company):
    address = reverse("documents", args=[company.nit])
    partial = client.get(address, headers={"HX-Request": "true"})

    assert "<html" not in partial.content.decode()
    assert "FER-12871" in partial.content.decode()
    assert "HX-Request" in partial["Vary"]


def test_what_cannot_be_done_says_why(page, three):
    body = " ".join(page().content.decode().split())

    assert "La DIAN lo rechazó: no se notifica al cliente." in body
    assert "Se cargó sin representación gráfica." in body
    for label in (
        "Ver Acuses de Recibo Cliente",
        "Ver Acuse de Recibo DIAN",
        "Ver Detalle Historial",
        "Enviar Detalle Historial",
        "Reenviar Notificación",
        "Descargar XML",
    ):
        assert body.count(label) >= 3


def test_both_documents_of_a_sale_stand_in_transactions(page, company):
    with company_scope(company.pk):
        first = factories.document(company, number="FE-1", dian_status="rejected")
        factories.document(company, number="FE-1", customer=first.customer)

    body = page("sales").content.decode()

    assert body.count("data-row") == 1
    assert "Rechazado" in body
    assert "Confirmado" in body


def test_empty_says_what_to_do_next(page):
    assert "Aún no hay documentos" in page().content.decode()
    assert "Quitar filtros" in page(q="zzz9").content.decode()


def test_a_companys_rows_are_not_read_without_saying_which():
    with pytest.raises(OutsideCompanyScope):
        ElectronicDocument.objects.count()
    with pytest.raises(OutsideCompanyScope):
        DocumentRecipient.objects.count()


def test_a_scope_does_not_open_inside_another(company):
    with pytest.raises(OutsideCompanyScope), company_scope(company.pk), company_scope(factories.company().pk):
        pass
