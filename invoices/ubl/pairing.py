"""Which PDF of a ZIP belongs to which document. In doubt none: a buyer must never get another buyer's invoice."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from invoices.ubl.names import comparable_stem
from invoices.ubl.types import Document

Place = tuple[str, Document]  # the member where a document was found, and the document
Fits = Callable[[str, Document, str], bool]


def pair(places: Sequence[Place], pdfs: Sequence[str], *, alone: bool) -> dict[str, str]:
    """
    The PDF of each document: by the same name, or by the document's number in the PDF's name.

    :param places: one document may have been found in several members.
    :param pdfs: members of the ZIP.
    :param alone: the ZIP brings one document and no other that was refused: any PDF is its own, the first where no name fits.
    :returns: document key → member; without the documents that have no PDF.
    """
    if alone and places and pdfs:
        fitting = (pdf for fits in FITS for pdf in pdfs if any(fits(*place, pdf) for place in places))
        return {places[0][1].key: next(fitting, pdfs[0])}
    chosen: dict[str, str] = {}
    for fits in FITS:
        open_places = [place for place in places if place[1].key not in chosen]
        chosen |= _claimed(open_places, [pdf for pdf in pdfs if pdf not in chosen.values()], fits)
    return chosen


def _claimed(places: Sequence[Place], pdfs: Sequence[str], fits: Fits) -> dict[str, str]:
    """Documents that can claim one PDF only, which nobody else claims."""
    wanted: dict[str, set[str]] = {}
    for member, document in places:
        wanted.setdefault(document.key, set()).update(pdf for pdf in pdfs if fits(member, document, pdf))
    claims = Counter(pdf for candidates in wanted.values() for pdf in candidates)
    return {key: pdf for key, candidates in wanted.items() for pdf in candidates if len(candidates) == 1 and claims[pdf] == 1}


def _same_place(member: str, document: Document, pdf: str) -> bool:
    return _same_stem(member, document, pdf) and member.rpartition("/")[0] == pdf.rpartition("/")[0]


def _same_stem(member: str, _: Document, pdf: str) -> bool:
    return comparable_stem(member) == comparable_stem(pdf)


def _number_in_stem(_: str, document: Document, pdf: str) -> bool:
    """``SETP-990`` and ``fv_SETP990`` name SETP990; ``SETP9901`` does not."""
    prefix, rest = document.prefix.casefold(), document.number.removeprefix(document.prefix).casefold()
    pattern = rf"(?<![^\W_]){re.escape(prefix)}[-_ ]?{re.escape(rest)}(?![^\W_])"
    return re.search(pattern, comparable_stem(pdf)) is not None


FITS: tuple[Fits, ...] = (_same_place, _same_stem, _number_in_stem)
