"""
The API does what its schema says, whatever is sent: schemathesis against the running server, with a key that writes.

Run by name: ``bin/test tests/fuzz``. Half of the calls find real rows, because the paths are given ids that exist.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from invoices.api.throttles import KeyThrottle
from invoices.models import ReceptionDirectory
from invoices.scope import company_scope
from notifications import services
from notifications.models import HistoryReport
from tests import factories
from tests.api import key_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
MIN_CASES = 2000
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"
# Anything may be refused; nothing may break, and nothing may be answered that the schema does not know.
CONFIG = """
[parameters]
"path.document_id" = "{document}"
"path.sale_id" = "{sale}"
"path.customer_id" = "{customer}"
"path.address_id" = "{address}"
"path.report_id" = "{report}"
"path.nit" = "900373076"
"""


@pytest.fixture
def known(tmp_path: Path) -> tuple[str, Path]:
    """A key, and a configuration that names rows of its company."""
    company = factories.company()
    with company_scope(company.pk):
        document = factories.document(company)
        services.notify(document=document, now=NOON)
        address = factories.email(document.customer, "compras@example.com")
        report = HistoryReport.objects.create(
            company=company, requested_by=factories.member(company), address="a@example.com", requested_at=NOON
        )
    ReceptionDirectory.objects.create(nit="900373076", address_key="dian@example.com", first_seen=NOON.date(), last_seen=NOON.date())
    config = tmp_path / "schemathesis.toml"
    names = {
        "document": document.pk,
        "sale": document.sale_id,
        "customer": document.customer_id,
        "address": address.pk,
        "report": report.pk,
    }
    config.write_text(CONFIG.format(**names))
    return key_of(company), config


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The tool, in a folder of the test."""
    program = [str(settings.BASE_DIR / ".venv" / "bin" / "schemathesis"), *arguments]
    return subprocess.run(program, cwd=cwd, capture_output=True, text=True, check=False)


def test_nothing_breaks_and_nothing_undocumented_is_answered(
    live_server: Any, known: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, config = known
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"read": None, "write": None})

    done = run(
        "--config-file", str(config), "run", f"{live_server.url}/api/v1/schema/", "-H", f"Authorization: Bearer {key}",
        "--checks", CHECKS, "--max-examples", "150", "--continue-on-failure", "--no-color", "--no-shrink",
        "--suppress-health-check", "all", "--request-timeout", "20",
        cwd=tmp_path,
    )  # fmt: skip

    with capsys.disabled():
        sys.stdout.write(done.stdout + done.stderr[-2000:])
    cases = sum(int(number) for number in re.findall(r"(\d+) generated", done.stdout))
    assert done.returncode == 0
    assert cases >= MIN_CASES
