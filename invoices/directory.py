"""DIAN's public list of the addresses that receive e-invoices: one copy for all companies, taken in as a file and looked up by NIT."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from itertools import islice
from typing import IO
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from invoices import audit
from invoices.customers import NIT, clean_identification
from invoices.invalid import Invalid
from invoices.models import Actor, Company, Customer, DirectoryDecision, ReceptionDirectory
from invoices.selectors import MOST_COUNTED, count
from invoices.ubl.addresses import split_addresses

MAX_BYTES = 200 * 1024 * 1024
MOST_LISTED = 20
BATCH = 50_000
# The address in use comes first: the one seen last, of those the one with the last date.
LATEST_FIRST = ("-last_seen", F("listed_on").desc(nulls_last=True), "-pk")
# Two lists at once would wait for each other's rows; any number that nothing else locks.
LOCK = 20_190_507
# The list may name a pair twice; first and last seen make a change of address a dated fact.
MERGE = """
INSERT INTO invoices_receptiondirectory (nit, address_key, listed_on, first_seen, last_seen)
SELECT nit, address_key, max(listed_on), %(today)s, %(today)s
FROM unnest(%(nits)s::text[], %(addresses)s::text[], %(dates)s::date[]) AS row (nit, address_key, listed_on)
GROUP BY nit, address_key
ON CONFLICT (nit, address_key) DO UPDATE SET
    last_seen = excluded.last_seen, listed_on = greatest(invoices_receptiondirectory.listed_on, excluded.listed_on)
"""
Row = tuple[str, str, date | None]


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows of a list named a NIT and an address, and how many did not."""

    read: int
    skipped: int


def take_in(*, company: Company, name: str, size: int, source: IO[bytes], by: Actor, at: datetime) -> Merged:
    """
    Merge an uploaded list and leave a line in the audit trail of the company where it was uploaded; in that company's scope.

    :param size: of the file, in bytes, at most ``MAX_BYTES``.
    :raises Invalid: it is too big, or ``merge`` refuses it.
    """
    if size > MAX_BYTES:
        raise Invalid(f"El archivo pesa {size // 1_048_576} MB y caben {MAX_BYTES // 1_048_576}.", field="file")
    merged = merge(source=source, today=timezone.localdate(at))
    data = {"file": name[:255], "rows": merged.read, "skipped": merged.skipped}
    audit.record(company_id=company.pk, action=audit.Action.DIRECTORY_IMPORTED, by=by, at=at, data=data)
    return merged


@transaction.atomic
def merge(*, source: IO[bytes], today: date) -> Merged:
    """
    Merge the whole list or nothing of it, read a piece at a time; the caller closes ``source``.

    :param source: CSV in UTF-8, as DIAN publishes it: NIT, address, date (``yyyy-MM-dd``), quoted, without a header.
    :param today: in America/Bogota, when the list was seen.
    :raises Invalid: it is no such list, or another one is being merged at this moment.
    """
    text = TextIOWrapper(source, encoding="utf-8-sig", errors="replace", newline="")
    read = skipped = 0
    with connection.cursor() as cursor:
        _take_turns(cursor)
        try:
            rows = _rows(text)
            while batch := list(islice(rows, BATCH)):
                usable = [row for row in batch if row]
                _merge_rows(cursor, usable, today)
                read, skipped = read + len(usable), skipped + len(batch) - len(usable)
        except csv.Error as exc:
            raise Invalid("El archivo no se puede leer como CSV: cárgalo como lo publica la DIAN.", field="file") from exc
        finally:
            text.detach()
    if not read:
        raise Invalid("Ninguna fila trae un NIT y un correo: no parece la lista de la DIAN.", field="file")
    return Merged(read, skipped)


def _take_turns(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    if not cursor.fetchone()[0]:
        raise Invalid("Otra persona está cargando la lista en este momento: espera a que termine.", field="file")


def _merge_rows(cursor: CursorWrapper, rows: Sequence[Row], today: date) -> None:
    if rows:
        nits, addresses, dates = zip(*rows, strict=True)
        cursor.execute(MERGE, {"nits": list(nits), "addresses": list(addresses), "dates": list(dates), "today": today})


def _rows(text: Iterable[str]) -> Iterator[Row | None]:
    """NIT, address and date, or None for a row that names nobody; the literal NULL is nothing."""
    for row in csv.reader(text):
        nit, address, listed = [*(value.strip() for value in row[:3]), "", "", ""][:3]
        nit, address = nit.replace(".", "").split("-")[0], address.lower()
        if not (nit.isascii() and nit.isdecimal()) or len(nit) > 20 or "@" not in address or len(address) > 254 or "\x00" in address:
            yield None
        else:
            yield nit, address, _date(listed)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def clean_nit(text: str) -> str:
    """
    A NIT as people type it (``NIT 900.373.076-4``), as the list has it: digits alone.

    :raises Invalid: it is none, or its check digit is another.
    """
    return clean_identification(NIT, text.strip().upper().removeprefix("NIT"))


def listed(nit: str) -> list[ReceptionDirectory]:
    """What the list ever gave for a NIT, at most ``MOST_LISTED``; the first is the one that is told."""
    return list(ReceptionDirectory.objects.filter(nit=nit).order_by(*LATEST_FIRST)[:MOST_LISTED])


def in_use(customers: Iterable[Customer]) -> dict[UUID, ReceptionDirectory]:
    """For each customer whose NIT the list knows, by the customer's id, the row that counts; it says whether the company ignores it."""
    ids = {customer.identification: customer.pk for customer in customers if customer.identification_type == NIT}
    ignored = DirectoryDecision.objects.filter(
        customer__identification_type=NIT,
        customer__identification=OuterRef("nit"),
        address_key=OuterRef("address_key"),
        choice=DirectoryDecision.Choice.IGNORE,
    )
    rows = ReceptionDirectory.objects.filter(nit__in=ids).order_by("nit", *LATEST_FIRST).distinct("nit")
    found: dict[UUID, ReceptionDirectory] = {}
    for row in rows.annotate(left_out=Exists(ignored)):
        row.ignored = row.left_out
        found[ids[row.nit]] = row
    return found


def told(customers: Iterable[Customer]) -> dict[UUID, str]:
    """For each customer, by its id, the address of the list to which mail is sent; not where it is ignored or can receive none."""
    rows = in_use(customers).items()
    return {customer_id: address for customer_id, row in rows if not row.ignored and (address := mailable(row))}


def is_ignored(customer: Customer, address: str) -> bool:
    """Whether somebody decided to ignore an address, as mail is sent to it, that the list gives or gave for the customer."""
    decided = DirectoryDecision.objects.filter(customer=customer, choice=DirectoryDecision.Choice.IGNORE)
    return any(address in split_addresses(key).deliverable for key in decided.values_list("address_key", flat=True))


def mailable(row: ReceptionDirectory) -> str:
    """The address as mail is sent to it, or nothing where it can receive none."""
    return next(iter(split_addresses(row.address_key).deliverable), "")


@dataclass(frozen=True, slots=True)
class Copy:
    """Our copy of the list: the day when a list was last merged, and how many addresses it has; ``about`` where that is an estimate."""

    seen: date | None
    rows: int
    about: bool


def seen_on() -> date | None:
    """The day when a list was last merged."""
    seen: date | None = ReceptionDirectory.objects.aggregate(seen=Max("last_seen"))["seen"]
    return seen


def our_copy() -> Copy:
    """How old our copy is and how large, without counting it: PostgreSQL's own estimate, exact while it is small."""
    seen = seen_on()
    rows = count(ReceptionDirectory.objects.all())
    if rows <= MOST_COUNTED:
        return Copy(seen, rows, about=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [ReceptionDirectory._meta.db_table])
        estimate = cursor.fetchone()[0]
    return Copy(seen, max(round(estimate, -3), MOST_COUNTED + 1), about=True)
