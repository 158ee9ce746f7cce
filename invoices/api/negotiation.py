"""JSON in and out, whatever was asked for."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AlwaysJson(BaseContentNegotiation):
    """A caller whose Accept header is odd gets an answer that it can at least read, not a 406."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The first that takes the media type that was sent."""
        return next((parser for parser in parsers if parser.media_type == request.content_type.partition(";")[0].strip().lower()), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The only one there is."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ShallowJson(JSONParser):
    """JSON; what is nested so deeply that Python gives up is a mistake of the caller's, not of ours."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The value. :raises ParseError: it is no JSON, or nested too deeply."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as exc:
            raise ParseError("El JSON está anidado demasiadas veces.") from exc
