"""A POST whose body is in hand already: the one of a request, under our own limits, or one that was stored."""

import io
from collections.abc import Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

# The few headers without which a stored body says less; none of them opens anything.
KEPT_HEADERS = ("svix-id",)


class Posted(WSGIRequest):
    """A request that never reads from the network again, so that Django's limit for forms of people does not hold for its body."""

    def __init__(self, environ: Mapping[str, Any], body: bytes) -> None:
        super().__init__({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        self._body = body


def stored(*, body: bytes, content_type: str, headers: Mapping[str, str]) -> Posted:
    """The request as it was posted, from what was kept of it."""
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "https"}
    kept = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return Posted({**environ, **kept, "CONTENT_TYPE": content_type}, body)
