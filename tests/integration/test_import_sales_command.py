"""``import_sales``: what it takes in, what it says, and how it ends."""

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from invoices.models import AuditEntry, Company, SalesTransaction
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "909482675"
HEADERS = "Número;Fecha;Total;NIT;Cliente"
GOOD = "FE1001;15/07/2026;1.785.000,00;900373076-4;Droguería Salud Vital"
BAD = "FE1003;31/02/2026;100,00;900373076;Hotel Mirador"


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT)


def lines(*rows: str) -> bytes:
    return "\r\n".join((HEADERS, *rows)).encode()


def command(path: Path, *arguments: str) -> list[str]:
    out = StringIO()
    with time_machine.travel(NOON, tick=False):
        call_command("import_sales", str(path), "--company", NIT, *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_prints_each_refusal_and_the_counts(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "ventas.csv"
    path.write_bytes(lines(GOOD, BAD))

    printed = command(path)

    assert printed[0].split() == ["refused", "3", "FE1003", "«31/02/2026»", "no", "es", "una", "fecha:", "escríbela", "como", "dd/mm/aaaa."]
    assert printed[1] == "1 imported, 0 already there, 0 conflicts, 1 refused"
    assert command(path)[1] == "0 imported, 1 already there, 0 conflicts, 1 refused"
    assert AuditEntry.across.filter(actor_name="Sistema").count() == 2


def test_the_command_takes_columns_by_name(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "ventas.csv"
    path.write_bytes(b"Codigo;Fecha;Valor;NIT;Cliente\nFE1;15/07/2026;950.000;900373076;ACME\n")

    assert command(path, "--map", "number=Codigo", "--map", "decimal=,") == ["1 imported, 0 already there, 0 conflicts, 0 refused"]
    assert SalesTransaction.across.get().total == 950_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ventas.csv", "--company", "1"], "No hay una empresa con NIT 1"),
        (["falta.csv", "--company", NIT], "no se pudo abrir"),
        (["ventas.csv", "--company", NIT, "--map", "total=Neto"], "no tiene la columna «Neto»"),
        (["ventas.csv", "--company", NIT, "--map", "color=rojo"], "se escribe campo=columna"),
    ],
)
def test_the_command_says_what_is_wrong(company: Company, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    (tmp_path / "ventas.csv").write_bytes(lines(GOOD))
    name, *options = arguments

    with pytest.raises(CommandError, match=sentence):
        call_command("import_sales", str(tmp_path / name), *options)
