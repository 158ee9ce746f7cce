"""Which PDF of a ZIP belongs to which document. In doubt none: a buyer must never get another buyer's invoice."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from invoices.ubl.names import comparable_stem
from invoices.ubl.types import Document, Piece

Fits = Callable[[Piece, str], bool]


def pair(documents: Sequence[Piece], pdfs: Sequence[str], *, alone: bool) -> dict[str, str]:
    """
    The PDF of each document: by the same name, or by the document's number in the PDF's name.

    :param documents: pieces whose content is a ``Document``.
    :param pdfs: members of the ZIP.
    :param alone: the ZIP brings one document and no other that was refused: any PDF is its own, the first where no name fits.
    :returns: document key → member; without the documents that have no PDF.
    """
    if alone and documents and pdfs:
        fitting = (pdf for fits in FITS for pdf in pdfs if any(fits(piece, pdf) for piece in documents))
        return {_key(documents[0]): next(fitting, pdfs[0])}
    chosen: dict[str, str] = {}
    for fits in FITS:
        chosen |= _claimed(documents, [pdf for pdf in pdfs if pdf not in chosen.values()], fits, set(chosen))
    return chosen


def _claimed(documents: Sequence[Piece], pdfs: Sequence[str], fits: Fits, settled: set[str]) -> dict[str, str]:
    """Documents that can claim one PDF only, which nobody else claims."""
    wanted: dict[str, set[str]] = {}
    for piece in documents:
        if _key(piece) not in settled:
            wanted.setdefault(_key(piece), set()).update(pdf for pdf in pdfs if fits(piece, pdf))
    claims = Counter(pdf for candidates in wanted.values() for pdf in candidates)
    return {key: pdf for key, candidates in wanted.items() for pdf in candidates if len(candidates) == 1 and claims[pdf] == 1}


def _same_place(piece: Piece, pdf: str) -> bool:
    return _same_stem(piece, pdf) and piece.member.rpartition("/")[0] == pdf.rpartition("/")[0]


def _same_stem(piece: Piece, pdf: str) -> bool:
    return comparable_stem(piece.member) == comparable_stem(pdf)


def _number_in_stem(piece: Piece, pdf: str) -> bool:
    """``SETP-990`` and ``fv_SETP990`` name SETP990; ``SETP9901`` does not."""
    document = piece.content
    assert isinstance(document, Document)
    prefix, rest = document.prefix.casefold(), document.number.removeprefix(document.prefix).casefold()
    pattern = rf"(?<![^\W_]){re.escape(prefix)}[-_ ]?{re.escape(rest)}(?![^\W_])"
    return re.search(pattern, comparable_stem(pdf)) is not None


def _key(piece: Piece) -> str:
    assert isinstance(piece.content, Document)
    return piece.content.key


FITS: tuple[Fits, ...] = (_same_place, _same_stem, _number_in_stem)
