"""Documents that a program pushes: as a form with files, or one XML or ZIP as the body."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from invoices.api.problems import TooLarge
from notifications.forms import MAX_FILE_BYTES, MAX_FILES

LIMIT = f"{MAX_FILE_BYTES // 1024 // 1024} MB"


class RawFile(BaseParser):
    """The whole body is one file."""

    name = "documento.xml"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """At most ``MAX_FILE_BYTES``; no more than that is read."""
        data = stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise TooLarge(f"El archivo pesa más de {LIMIT}.")
        return MultiValueDict({"files": [ContentFile(data, name=self.name)] if data else []})


class RawXml(RawFile):
    """``application/xml``."""

    media_type = "application/xml"


class RawZip(RawFile):
    """``application/zip``."""

    media_type = "application/zip"
    name = "documentos.zip"


PARSERS = [MultiPartParser, RawXml, RawZip]


def files_of(request: Request) -> Iterator[tuple[str, bytes]]:
    """
    Name and contents of each file, one after the other.

    :raises ValidationError: none, or too many. :raises TooLarge: one of them is.
    """
    sent = request.data.lists() if isinstance(request.data, MultiValueDict) else []  # nothing at all was sent
    found = [value for _, values in sent for value in values if isinstance(value, UploadedFile | ContentFile)]
    if not 1 <= len(found) <= MAX_FILES:
        raise ValidationError({"files": [f"Envía entre 1 y {MAX_FILES} archivos XML o ZIP."]})
    for file in found:
        if (file.size or 0) > MAX_FILE_BYTES:
            raise TooLarge(f"{file.name} pesa más de {LIMIT}.")
    return ((file.name or "archivo", file.read()) for file in found)
