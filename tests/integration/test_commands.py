"""The command line: what it makes, what it says, and how it ends."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from invoices.models import Company, ElectronicDocument, Membership, ReceptionDirectory, User
from invoices.scope import company_scope
from notifications.models import Notification
from tests import factories
from tests import ubl_builders as ubl

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue().splitlines()


@pytest.fixture
def folder(tmp_path):
    """A folder with a container, the answer to it again, a damaged file, and something that is not ours to read."""
    invoice = ubl.build_invoice()
    (tmp_path / "dentro").mkdir()
    (tmp_path / "dentro" / "ad.XML").write_bytes(ubl.build_attached_document(invoice, ubl.build_response(document=invoice)))
    (tmp_path / "roto.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "nota.txt").write_text("no es un documento")
    return tmp_path


def test_a_folder_is_imported_line_by_line(folder):
    lines = run("import_documents", str(folder), create_companies=True)

    assert [line.split()[0] for line in lines[:-1]] == ["imported", "refused"]
    assert "Factura FE1001 · Confirmado" in lines[0]
    assert lines[-1] == "1 imported, 0 already there, 0 conflicts, 0 waiting, 1 refused"
    assert Company.objects.get().nit == ubl.ISSUER.identification


def test_importing_last_years_files_mails_nobody(folder):
    with time_machine.travel("2026-12-10T12:00:00-05:00"):
        run("import_documents", str(folder), create_companies=True)

    with company_scope(Company.objects.get().pk):
        assert ElectronicDocument.objects.count() == 1
        assert not Notification.objects.exists()


def test_a_path_that_is_not_there_ends_with_1_and_the_rest_is_imported(folder):
    with pytest.raises(SystemExit) as ended:
        run("import_documents", str(folder), str(folder / "falta.zip"), create_companies=True)

    assert ended.value.code == 1
    assert Company.objects.count() == 1


def test_only_the_named_companys_documents_are_imported(folder):
    factories.company("830999111")

    lines = run("import_documents", str(folder), company="830999111")

    assert lines[-1] == "0 imported, 0 already there, 0 conflicts, 0 waiting, 2 refused"


def test_a_company_that_is_not_there_is_said(folder):
    with pytest.raises(CommandError, match="No hay una empresa con NIT 1"):
        run("import_documents", str(folder), company="1")


def test_the_first_company_gets_an_administrator_once():
    for _ in range(2):
        lines = run("create_company", "900.373.076-4", name="Mi Empresa S.A.S.", admin="Contador@MiEmpresa.com")

    membership = Membership.objects.get()
    assert (membership.company.nit, membership.company.reply_address) == ("900373076", "contador@miempresa.com")
    assert membership.role == Membership.Role.ADMINISTRATOR
    assert not User.objects.get().has_usable_password()
    assert lines[0].startswith("Ya existía: Mi Empresa S.A.S., NIT 900.373.076-4")


@pytest.mark.parametrize(
    ("nit", "admin", "words"),
    [
        ("900373076-1", "a@x.com", "el dígito de verificación debe ser 4"),
        ("ABC", "a@x.com", "no es un NIT"),
        ("900373076", "sin arroba", "no es un correo válido"),
    ],
)
def test_bad_input_is_named(nit, admin, words):
    with pytest.raises(CommandError, match=words):
        run("create_company", nit, name="X", admin=admin)


def directory(tmp_path, text, day):
    path = tmp_path / "emails.csv"
    path.write_text(text, encoding="utf-8")
    with time_machine.travel(f"{day}T12:00:00-05:00"):
        return run("import_reception_directory", str(path))


def test_dians_list_is_read_with_its_oddities(tmp_path):
    text = (
        '"900373076","FE@Empresa.com","2026-03-01"\n"900373076","fe@empresa.com","2026-02-01"\n"800197268","NULL","2026-01-01"\n'
        '"901555013","a@b.com","NULL"\n"","x@y.com","2026-01-01"\nsolo\n\n'
    )

    lines = directory(tmp_path, text, "2026-07-01")

    assert lines == ["3 rows read, 4 without NIT or address"]
    rows = set(ReceptionDirectory.objects.values_list("nit", "address_key", "listed_on", "first_seen", "last_seen"))
    july = date(2026, 7, 1)
    assert rows == {
        ("900373076", "fe@empresa.com", date(2026, 3, 1), july, july),
        ("901555013", "a@b.com", None, july, july),
    }


def test_a_change_of_address_becomes_a_dated_fact(tmp_path):
    directory(tmp_path, '"900373076","viejo@x.com","2026-01-01"\n', "2026-07-01")

    directory(tmp_path, '"900373076","nuevo@x.com","2026-07-20"\n', "2026-08-01")

    assert list(ReceptionDirectory.objects.order_by("first_seen").values_list("address_key", "first_seen", "last_seen")) == [
        ("viejo@x.com", date(2026, 7, 1), date(2026, 7, 1)),
        ("nuevo@x.com", date(2026, 8, 1), date(2026, 8, 1)),
    ]


def test_a_list_that_cannot_be_opened_is_said(tmp_path):
    with pytest.raises(CommandError, match="no se pudo abrir"):
        run("import_reception_directory", str(tmp_path / "falta.csv"))


def test_the_states_that_are_drawn_are_those_of_the_code(settings, tmp_path):
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError, match="is not what the code says"):
        run("states", check=True)
    run("states")

    run("states", check=True)
    assert "ready --> leased" in (tmp_path / "docs" / "states.md").read_text()
