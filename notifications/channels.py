"""A channel is one way out for mails, written as an URL: in the environment, or encrypted in the database (``MailChannel``)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

REPORTS = ("none", "dsn", "webhook")
TLS = ("starttls", "implicit", "no")
AUTH = ("password", "xoauth2")
OAUTH = frozenset({"token_url", "client_id", "client_secret", "refresh_token", "scope"})
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
ADDRESS = re.compile(r"[!-;=?A-~]{1,64}@[A-Za-z0-9.-]{4,253}")  # printable, without "<", ">" and "@"
WORD = re.compile(r"[a-z][a-z0-9_]*")


class BadChannel(ValueError):
    """The URL is not of a form that is understood; the text says why, and never holds a secret."""


@dataclass(frozen=True, slots=True)
class Channel:
    """
    One way out for mails.

    ``backend`` is ``smtp`` or the name of an Anymail backend; ``reports`` says what the channel tells afterwards:
    nothing, delivery status notifications, or webhooks. ``hook`` is the channel's token in the address of its webhooks, which
    ``providers`` may call, each with its secret in ``hook_options`` (``webhook_secret``, ``signing_key`` …). ``sender`` is the
    address that mails come from where it is not ``DEFAULT_FROM_EMAIL``, ``bounces`` the domain of return paths. ``outside``:
    somebody typed the host, so it must not lead into our own network.
    """

    name: str
    backend: str
    reports: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "no"
    auth: str = "password"
    oauth: dict[str, str] = field(default_factory=dict, repr=False)
    options: dict[str, str] = field(default_factory=dict, repr=False)
    hook: str = field(default="", repr=False)
    hook_options: dict[str, str] = field(default_factory=dict, repr=False)
    providers: tuple[str, ...] = ()
    sender: str = ""
    bounces: str = ""
    outside: bool = False


def parse_channel(name: str, url: str) -> Channel:
    """
    Read a channel.

    ``smtp://user:password@host:port/?tls=starttls|implicit|no&auth=password|xoauth2`` or
    ``anymail+postmark://?server_token=…`` (any backend of Anymail, with its options as arguments).
    TLS defaults to ``starttls``: no password and no invoice leaves in the clear unless the URL says so.

    Both take ``reports=none|dsn|webhook``, ``from=ADDRESS``, ``bounces=DOMAIN``, ``hook=TOKEN``, ``providers=a,b`` (else the
    backend) and ``hook.SETTING=…``: Anymail's webhook setting in lower case, without the provider's prefix. ``xoauth2`` takes
    ``oauth.token_url``, ``oauth.client_id``, ``oauth.client_secret``, ``oauth.refresh_token`` and ``oauth.scope``.

    :raises BadChannel: the URL is not of these forms.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise BadChannel("is not an URL") from exc
    given = _arguments(parts.query)
    if parts.scheme == "smtp":
        return _smtp(_shared(name, "smtp", given), parts, port, given)
    if parts.scheme.startswith("anymail+"):
        shared = _shared(name, parts.scheme.removeprefix("anymail+"), given)
        return replace(shared, options=given)
    raise BadChannel("must begin with smtp:// or anymail+BACKEND://")


def _arguments(query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if len(given) != len(pairs):
        raise BadChannel("says an argument twice")
    return given


def _shared(name: str, backend: str, given: dict[str, str]) -> Channel:
    """What both kinds may say, taken out of the arguments."""
    if not WORD.fullmatch(backend):
        raise BadChannel(f"{backend!r} is no backend of Anymail")
    hook_options = _prefixed(given, "hook.")
    hook, bounces, sender = given.pop("hook", ""), given.pop("bounces", "").lower(), given.pop("from", "")
    own = "" if backend == "smtp" else backend
    providers = tuple(word.strip() for word in given.pop("providers", own).split(",") if word.strip())
    if hook and not TOKEN.fullmatch(hook):
        raise BadChannel("hook must be 32 to 64 letters, digits, - or _")
    if hook_options and not hook:
        raise BadChannel("hook.… says how to trust a webhook, but hook=TOKEN is missing")
    if bounces and not DOMAIN.fullmatch(bounces):
        raise BadChannel("bounces must be a domain")
    if sender and not ADDRESS.fullmatch(sender):
        raise BadChannel("from must be an address")
    if wrong := [word for word in providers if not WORD.fullmatch(word)]:
        raise BadChannel(f"providers names {wrong[0]!r}, which is no provider")
    reports = _one_of("reports", given.pop("reports", "none"), REPORTS)
    return Channel(name, backend, reports, hook=hook, hook_options=hook_options, providers=providers, sender=sender, bounces=bounces)


def _prefixed(given: dict[str, str], prefix: str) -> dict[str, str]:
    names = [name for name in given if name.startswith(prefix)]
    taken = {name.removeprefix(prefix): given.pop(name) for name in names}
    if wrong := [name for name in taken if not WORD.fullmatch(name)]:
        raise BadChannel(f"{prefix}{wrong[0]} is no setting")
    if empty := [name for name, value in taken.items() if not value]:
        raise BadChannel(f"{prefix}{empty[0]} is empty")
    return taken


def _smtp(shared: Channel, parts: SplitResult, port: int | None, given: dict[str, str]) -> Channel:
    tls = _one_of("tls", given.pop("tls", "starttls"), TLS)
    auth = _one_of("auth", given.pop("auth", "password"), AUTH)
    oauth = _prefixed(given, "oauth.")
    user = unquote(parts.username or "")
    if given:
        raise BadChannel(f"unknown arguments {', '.join(sorted(given))}")
    if not parts.hostname:
        raise BadChannel("names no host")
    _check_oauth(auth, user, oauth)
    port = port or (465 if tls == "implicit" else 587)
    password = unquote(parts.password or "")
    return replace(shared, host=parts.hostname, port=port, user=user, password=password, tls=tls, auth=auth, oauth=oauth)


def _check_oauth(auth: str, user: str, oauth: Mapping[str, str]) -> None:
    """A refresh token, or client credentials; and nothing of it where a password is used."""
    if unknown := oauth.keys() - OAUTH:
        raise BadChannel(f"unknown arguments {', '.join(f'oauth.{name}' for name in sorted(unknown))}")
    if auth == "password":
        if oauth:
            raise BadChannel("oauth.… needs auth=xoauth2")
        return
    if not user:
        raise BadChannel("auth=xoauth2 needs the mailbox as user")
    if missing := [name for name in ("token_url", "client_id") if name not in oauth]:
        raise BadChannel(f"auth=xoauth2 needs oauth.{missing[0]}")
    if not (oauth.get("refresh_token") or oauth.get("client_secret")):
        raise BadChannel("auth=xoauth2 needs oauth.refresh_token or oauth.client_secret")
    if not oauth["token_url"].startswith(("https://", "http://127.0.0.1:", "http://[::1]:")):
        raise BadChannel("oauth.token_url must begin with https://")


def _one_of(what: str, value: str, options: tuple[str, ...]) -> str:
    if value not in options:
        raise BadChannel(f"{what} must be one of {', '.join(options)}, not {value!r}")
    return value


def channel_url(channel: Channel) -> str:
    """The channel as the URL that ``parse_channel`` reads; it holds the secrets."""
    smtp = channel.backend == "smtp"
    own = () if smtp else (channel.backend,)
    pairs = {
        **({"tls": channel.tls, "auth": channel.auth} if smtp else {}),
        "reports": channel.reports,
        **({"providers": ",".join(channel.providers)} if channel.providers != own else {}),
        **({"from": channel.sender} if channel.sender else {}),
        **({"bounces": channel.bounces} if channel.bounces else {}),
        **({"hook": channel.hook} if channel.hook else {}),
        **{f"hook.{name}": value for name, value in channel.hook_options.items()},
        **{f"oauth.{name}": value for name, value in channel.oauth.items()},
        **channel.options,
    }
    return f"{_authority(channel)}/?{urlencode(pairs)}"


def _authority(channel: Channel) -> str:
    if channel.backend != "smtp":
        return f"anymail+{channel.backend}://"
    host = f"[{channel.host}]" if ":" in channel.host else channel.host
    account = f"{quote(channel.user, safe='')}:{quote(channel.password, safe='')}@" if channel.user else ""
    return f"smtp://{account}{host}:{channel.port}"
