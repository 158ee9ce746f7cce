"""Which column of a file is which field of a sale: recognised by its header, chosen by a person, remembered for the next file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from invoices import written
from invoices.invalid import Invalid
from invoices.search import plain

SMALL_WORDS = re.compile(r"\b(DE|DEL|LA|EL)\b")


@dataclass(frozen=True, slots=True)
class Field:
    """
    Something that a sale needs: its name in ``Sale``, on screen, and the headers by which it is recognised.

    ``default`` is taken where the file has no such column, ``without`` says so; a field without ``without`` must have one.
    """

    name: str
    label: str
    headers: Sequence[str]
    default: str = ""
    without: str = ""


FIELDS = (
    Field(
        "type_code",
        "Tipo",
        ["TIPO", "TIPO DOCUMENTO", "TIPO DOC", "CLASE", "TIPO COMPROBANTE", "COMPROBANTE"],
        default="01",
        without="Todo es Factura",
    ),
    Field("prefix", "Prefijo", ["PREFIJO", "SERIE"], without="Sin columna"),
    Field(
        "number",
        "Número",
        ["NUMERO", "NUMERO FACTURA", "NUMERO DOCUMENTO", "FACTURA", "CONSECUTIVO", "NUM", "NRO", "NO", "N", "DOCUMENTO", "TRANSACCION"],
    ),
    Field(
        "issue_date",
        "Fecha",
        ["FECHA", "FECHA FACTURA", "FECHA DOCUMENTO", "FECHA EMISION", "FECHA EXPEDICION", "FECHA ELABORACION", "EMISION"],
    ),
    Field("currency", "Moneda", ["MONEDA", "DIVISA"], default="COP", without="Todo es COP"),
    Field("total", "Total", ["TOTAL", "VALOR TOTAL", "TOTAL FACTURA", "TOTAL A PAGAR", "VALOR", "NETO A PAGAR", "NETO"]),
    Field(
        "identification_type",
        "Tipo de identificación",
        ["TIPO IDENTIFICACION", "TIPO ID", "TIPO DOCUMENTO CLIENTE", "TIPO DOCUMENTO TERCERO", "TIPO NIT"],
        default="31",
        without="Todo es NIT",
    ),
    Field(
        "identification",
        "Identificación",
        [
            *("IDENTIFICACION", "NIT", "NIT CLIENTE", "NIT TERCERO", "IDENTIFICACION CLIENTE", "IDENTIFICACION TERCERO"),
            *("NUMERO IDENTIFICACION", "DOCUMENTO CLIENTE", "CEDULA", "CC", "NIT CC", "NIT O CEDULA", "CEDULA O NIT"),
        ],
    ),
    Field(
        "customer_name",
        "Nombre del cliente",
        ["NOMBRE CLIENTE", "CLIENTE", "RAZON SOCIAL", "NOMBRE", "NOMBRE TERCERO", "TERCERO", "ADQUIRIENTE", "COMPRADOR", "NOMBRES"],
    ),
)
# Where the decimal mark that a person chose stands among the columns; it is no column.
MARK = "decimal"


def propose(headers: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """
    Field → header, or an empty text: what was chosen the last time where this file has it, else what the header's words say.

    A header serves one field only. ``MARK`` is carried over as it was.
    """
    chosen = {name: header for name, header in remembered.items() if header in headers or name == MARK or not header}
    for field in FIELDS:
        if field.name not in chosen:
            chosen[field.name] = _recognised(field, [header for header in headers if header not in chosen.values()])
    return {MARK: ""} | {name: chosen[name] for name in (*(field.name for field in FIELDS), MARK) if name in chosen}


def _recognised(field: Field, headers: Sequence[str]) -> str:
    keys = {_key(header): header for header in reversed(headers)}
    return next((keys[words] for words in field.headers if words in keys), "")


def _key(header: str) -> str:
    return " ".join(SMALL_WORDS.sub(" ", re.sub(r"[^0-9A-Z]+", " ", plain(header).replace(".", ""))).split())


def check_mapping(headers: Sequence[str], mapping: Mapping[str, str]) -> None:
    """
    A mapping that can be read with.

    :raises Invalid: a field that must have a column has none, or names one that is not in the file; ``field`` says which.
    """
    for field in FIELDS:
        header = mapping.get(field.name, "")
        if header and header not in headers:
            raise Invalid(f"{field.label}: el archivo no tiene la columna «{header[:80]}».", field=field.name)
        if not (header or field.without):
            raise Invalid(f"{field.label}: elige la columna del archivo.", field=field.name)
    if mapping.get(MARK, "") not in {"", *written.OTHER}:
        raise Invalid("El separador decimal es coma o punto.", field=MARK)
