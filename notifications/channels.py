"""A channel is one way out for mails, written as an URL in the environment: no secret of a channel is in the database."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

REPORTS = ("none", "dsn", "webhook")
TLS = ("starttls", "implicit", "no")


class BadChannel(ValueError):
    """The URL is not of a form that is understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Channel:
    """
    One way out for mails.

    ``backend`` is ``smtp`` or the name of an Anymail backend; ``reports`` says what the channel tells afterwards:
    nothing, delivery status notifications, or webhooks.
    """

    name: str
    backend: str
    reports: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "no"
    options: dict[str, str] = field(default_factory=dict, repr=False)


def parse_channel(name: str, url: str) -> Channel:
    """
    Read a channel.

    ``smtp://user:password@host:port/?tls=starttls|implicit|no&reports=none|dsn`` or
    ``anymail+postmark://?server_token=…&reports=webhook`` (any backend of Anymail, with its options as arguments).
    TLS defaults to ``starttls``: no password and no invoice leaves in the clear unless the URL says so.

    :raises BadChannel: the URL is not of these forms.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    reports = _one_of("reports", options.pop("reports", "none"), REPORTS)
    if parts.scheme == "smtp":
        return _smtp(name, parts, reports, options)
    if parts.scheme.startswith("anymail+"):
        return Channel(name=name, backend=parts.scheme.removeprefix("anymail+"), reports=reports, options=options)
    raise BadChannel("must begin with smtp:// or anymail+BACKEND://")


def _smtp(name: str, parts: SplitResult, reports: str, options: dict[str, str]) -> Channel:
    tls = _one_of("tls", options.pop("tls", "starttls"), TLS)
    if options:
        raise BadChannel(f"unknown arguments {', '.join(sorted(options))}")
    if not parts.hostname:
        raise BadChannel("names no host")
    return Channel(
        name=name,
        backend="smtp",
        reports=reports,
        host=parts.hostname,
        port=parts.port or (465 if tls == "implicit" else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


def _one_of(what: str, value: str, options: tuple[str, ...]) -> str:
    if value not in options:
        raise BadChannel(f"{what} must be one of {', '.join(options)}, not {value!r}")
    return value
