"""The example integrator of docs/api, in Python and with curl, against the live server and a real worker."""

import runpy
import subprocess
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.utils import timezone

from invoices.models import Company
from invoices.scope import company_scope
from notifications import wakeup
from notifications.models import Delivery
from tests import factories
from tests import ubl_builders as ubl
from tests.api import key_of
from tests.sink import Sink
from tests.worker import running_worker, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
EXAMPLES = settings.BASE_DIR / "docs" / "api"


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A ZIP as billing software makes it: the container and the PDF."""
    document = ubl.build_invoice(emails="compras@example.com", issue_date=f"{timezone.localdate():%Y-%m-%d}")
    container = ubl.build_attached_document(document, ubl.build_response(document=document))
    path = tmp_path / "factura.zip"
    path.write_bytes(ubl.build_zip({"ad.xml": container, "factura.pdf": ubl.PDF}))
    return path


@pytest.fixture
def worker(sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(wakeup, "wake", wakeup.Bell("notifications.tasks.wake", every=wakeup.EVERY_SECONDS).ring)
    with running_worker(sink, tmp_path):
        yield


def proof(company: Company, sink: Sink, package: Path) -> None:
    """The buyer has the package, the accountant the report, and the PDF lies beside the ZIP."""
    wait_for(lambda: not Delivery.across.exclude(state="sent").exists(), seconds=10)
    sent = {message["To"]: message for message in sink.messages}
    pdf = pypdf.PdfReader(package.with_suffix(".historial.pdf"))
    assert set(sent) == {"compras@example.com", "contador@example.com"}
    assert "Historial" in pdf.pages[0].extract_text()
    with company_scope(company.pk):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.usefixtures("worker")
def test_the_python_client_walks_from_the_zip_to_the_report(
    live_server: Any, company: Company, package: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    client = runpy.run_path(str(EXAMPLES / "client.py"))

    client["main"](live_server.url, key_of(company), str(package), "contador@example.com")

    told = capsys.readouterr().out
    assert "new factura.zip › ad.xml" in told
    assert "compras@example.com sent Enviado (sin confirmar)" in told
    assert "API · ERP Documento cargado" in told
    proof(company, sink, package)


def test_the_python_client_tells_why_the_server_said_no(live_server: Any, company: Company) -> None:
    client = runpy.run_path(str(EXAMPLES / "client.py"))

    with (
        client["Traza"].connect(live_server.url, key_of(company)) as traza,
        pytest.raises(client["Problem"], match="404 Not Found: No existe") as caught,
    ):
        traza.document(str(company.pk))

    assert caught.value.status == 404


@pytest.mark.usefixtures("worker")
def test_the_walk_with_curl_does_the_same(live_server: Any, company: Company, package: Path, sink: Sink) -> None:
    environment = {"URL": live_server.url, "KEY": key_of(company), "PATH": "/usr/local/bin:/usr/bin:/bin"}

    walk = ["sh", str(EXAMPLES / "walk.sh"), str(package), "contador@example.com"]
    done = subprocess.run(walk, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "compras@example.com sent" in done.stdout
    assert "Notificación inicial a 1 correo" in done.stdout
    proof(company, sink, package)
