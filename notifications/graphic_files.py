"""The PDF of a document that came without one: made from its XML once, and kept among its parts as if it had come."""

import logging
from datetime import datetime

from invoices.downloads import part, safe
from invoices.models import DocumentFile, ElectronicDocument, StoredFile
from invoices.services import store_file
from invoices.ubl.attached import read_xml
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Verdict
from notifications import graphic

logger = logging.getLogger(__name__)
PDF = DocumentFile.Role.PDF


def is_missing(document: ElectronicDocument) -> bool:
    """Whether no PDF came, and none was made."""
    return not DocumentFile.objects.filter(document=document, role=PDF).exists()


def ensure(document: ElectronicDocument, *, now: datetime) -> None:
    """
    Make the PDF unless there is one: half a second for a short document, some ten for a thousand lines. In the company's scope.

    What cannot be printed is told without a PDF, as it came: a page may not keep a document from its buyer.
    """
    if not is_missing(document):
        return
    found = part(document, "xml")
    if found is None:
        return
    answer = part(document, "respuesta")
    xml = found[1]
    try:
        response = _verdict(xml, *([answer[1]] if answer else []))
        data = graphic.render(xml=xml, response=response, company=document.company, created=now)
    except Refused as exc:
        logger.info("document %s cannot be printed: %s", document.pk, exc)
        return
    except Exception:
        logger.exception("document %s could not be printed", document.pk)
        return
    file = store_file(company_id=document.company_id, name=f"{safe(document.number)}.pdf", data=data, kind=StoredFile.Kind.GRAPHIC)
    DocumentFile.objects.create(company_id=document.company_id, document=document, file=file, role=PDF, made=True)


def _verdict(*files: bytes) -> Verdict | None:
    """DIAN's answer: in the container, or in a file of its own."""
    pieces = [piece for data in files for piece in read_xml(data).pieces]
    answers = (item for piece in pieces for item in (piece.verdict, piece.content) if isinstance(item, Verdict))
    return next(answers, None)
