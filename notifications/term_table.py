"""*Por vencer* as a file: the documents of the list, with the days of their term."""

from typing import Any

from invoices import tables
from invoices.exports import Column, Table
from notifications import terms

# The days are an estimate, and whoever has the file has only the file.
TERMS: Table[Any] = Table(
    "por-vencer",
    "Por vencer",
    [
        *tables.DOCUMENTS.columns[:8],
        Column("Día 0 (032)", 14, terms.day_zero),
        Column("Último día para reclamar (estimado)", 34, lambda row: row.claim_last_day),
        Column("Primer día para 034 (estimado)", 30, terms.tacit_from),
        *tables.DOCUMENTS.columns[8:],
    ],
)
