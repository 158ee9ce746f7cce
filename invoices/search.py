"""
Search that stays fast under row-level security: equality and prefixes on keys that were normalised in Python.

Only leakproof operators reach an index under a policy, so a prefix is two comparisons (``~>=~`` and ``~<~``), never LIKE.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

SEPARATORS = re.compile(r"[^0-9A-Z]+")
Kind = Literal["address", "key", "identification", "number", "name"]


def plain(text: str) -> str:
    """Upper case, without accents, blanks collapsed: how names are compared."""
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).upper().split())


def number_key(number: str) -> str:
    """``FER-12.871`` → ``FER12871``: how document numbers and identifications are compared."""
    return SEPARATORS.sub("", plain(number))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in the box, recognised, and the key to look for."""

    kind: Kind
    key: str


def recognise(text: str) -> Typed | None:
    """
    Tell an address, a document key, an identification, a document number or a part of a name apart.

    An identification may carry dots and its check digit (``900.373.076-4``); a number has at least one digit.
    """
    text = text.strip()
    if not text:
        return None
    if "@" in text:
        return Typed("address", text.lower())
    if re.fullmatch(r"[0-9a-fA-F]{20,96}", text):
        return Typed("key", text.lower())
    nit = re.fullmatch(r"(?:NIT|C\.?C\.?)?\s*(\d{1,3}(?:\.\d{3})+|\d{5,})(?:-\d)?", text, re.IGNORECASE)
    if nit:
        return Typed("identification", nit.group(1).replace(".", ""))
    if " " not in text and any(char.isdigit() for char in text):
        return Typed("number", number_key(text))
    return Typed("name", plain(text))


@CharField.register_lookup
class Prefix(Lookup):
    """``field__prefix="FE7"``: begins with, byte by byte, by an index with ``varchar_pattern_ops``."""

    lookup_name = "prefix"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Two leakproof comparisons; the upper bound is the prefix followed by the highest code point."""
        column, params = self.process_lhs(compiler, connection)
        start = str(self.rhs)
        return f"({column} ~>=~ %s AND {column} ~<~ %s)", (*params, start, *params, start + "\U0010ffff")
