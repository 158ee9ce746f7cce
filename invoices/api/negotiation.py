"""JSON in and out, whatever was asked for."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
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
