"""
The exports of 2,000 and of 200,000 documents, each in a process of its own through the real view: peak memory, and the ratio.

Where LibreOffice is installed, it opens the large files, and no name that looks like a formula may have been calculated.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FEW, MANY = 2_000, 200_000
MAX_GROWTH_MB = 20
HOSTILE = ["=1+1", "@SUM(1,1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1+1", "  =1+1", "＝1+1", "ACME,=1+1", "ACME;=1+1", 'ACME";=1+1']
SEMICOLON, COMMA = "59,34,76,1,,0,false,true,false,false,false,-1,true", "44,34,76,1,,0,false,true,false,false,false,-1,true"


def main() -> None:
    """Load, export by turns, compare."""
    from bench.load import company_with

    began = time.perf_counter()
    companies = {FEW: company_with(FEW, nit="900000001"), MANY: company_with(MANY, nit="900000002")}
    for company in companies.values():
        poison(company)
    print(f"loaded in {time.perf_counter() - began:.0f} s")
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("csv", "xlsx"):
            peaks = {size: export_apart(company, kind, Path(folder) / f"{size}.{kind}") for size, company in companies.items()}
            print(f"{kind}: peak {peaks[MANY] - peaks[FEW]:+.1f} MB for a hundred times the rows (at most {MAX_GROWTH_MB} MB)")
            assert peaks[MANY] - peaks[FEW] <= MAX_GROWTH_MB
        if shutil.which("soffice"):
            open_all(Path(folder))
        else:
            print("LibreOffice is not installed: the files were not opened")


def poison(company: Any) -> None:
    """Give the newest customers names that a spreadsheet would calculate, and the company somebody who exports."""
    from invoices.models import Customer
    from invoices.scope import company_scope
    from tests import factories

    factories.member(company, email=f"{company.nit}@example.com")
    with company_scope(company.pk):
        for customer, name in zip(Customer.objects.order_by("identification")[: len(HOSTILE)], HOSTILE, strict=True):
            Customer.objects.filter(pk=customer.pk).update(name=name)


def export_apart(company: Any, kind: str, path: Path) -> float:
    """Export in a fresh process; print what it took and give its peak in MB."""
    done = subprocess.run([sys.executable, __file__, company.nit, kind, str(path)], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    size, took, first = path.stat().st_size / 1e6, found["seconds"], found["first"]
    print(f"  {kind} of {path.stem:>7} rows: {size:7.1f} MB in {took:6.1f} s, first byte after {first:5.2f} s, peak {found['peak']:.1f} MB")
    return float(found["peak"])


def child(nit: str, kind: str, path: str) -> None:
    """Take one export through the view, and say the peak of this process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")
    django.setup()
    from django.test import Client

    from invoices.models import User

    client = Client()
    client.force_login(User.objects.get(email=f"{nit}@example.com"))
    began, first = time.perf_counter(), 0.0
    response: Any = client.get(f"/e/{nit}/ventas/facturacion-electronica/exportar/{kind}")
    assert response.status_code == 200
    with Path(path).open("wb") as file:
        for chunk in response.streaming_content:
            first = first or time.perf_counter() - began
            file.write(chunk)
    print(json.dumps({"seconds": time.perf_counter() - began, "first": first, "peak": peak()}))


def peak() -> float:
    """The most memory that this program held, in MB; ``getrusage`` would count what its parent held when it was started."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def open_all(folder: Path) -> None:
    """Open both large files, the CSV with either separator, and a control that LibreOffice does calculate."""
    control = folder / "control.csv"
    control.write_text("\n".join(['"=1+1"'] * 3))
    calculated = {row[0] for row in opened(control, COMMA)}
    print(f"LibreOffice makes {calculated} of an unguarded =1+1")
    assert calculated == {"2"}
    csv_names = names(opened(folder / f"{MANY}.csv", SEMICOLON))
    xlsx_names = names(opened(folder / f"{MANY}.xlsx", ""))
    assert {f"'{name}" for name in HOSTILE[:7]} | {name.replace("=", "'=") for name in HOSTILE[7:]} <= csv_names, csv_names
    assert {name.strip() for name in HOSTILE} <= {name.strip() for name in xlsx_names}
    split = {cell for row in opened(folder / f"{MANY}.csv", COMMA) for cell in row if cell in {"2", "1"}}
    print(f"200,000 rows open as CSV and XLSX; hostile names stay texts; with commas as separator nothing is calculated: {not split}")
    assert not split


def opened(path: Path, separators: str) -> list[list[str]]:
    """What LibreOffice sees in the file, as it shows it."""
    began = time.perf_counter()
    out = path.parent / f"opened-{path.stem}-{path.suffix[1:]}-{len(separators) and separators[:2]}"
    importing = [f"--infilter=CSV:{separators}"] if separators else []
    command = ["soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless", *importing]
    subprocess.run(
        [*command, "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1", "--outdir", out, path], check=True, capture_output=True
    )
    with (out / f"{path.stem}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    print(f"  LibreOffice opened {path.name} in {time.perf_counter() - began:.0f} s: {len(rows)} rows")
    return rows


def names(rows: list[list[str]]) -> set[str]:
    """The customers, in the third column."""
    return {row[2] for row in rows if len(row) > 3}


if __name__ == "__main__":
    if len(sys.argv) == 4:
        child(*sys.argv[1:])
    else:
        main()
