"""A mailbox in which returned mails and buyers' answers arrive, written as an URL in the environment."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

TLS = {"imaps": "implicit", "imap": "starttls"}
PORTS = {"implicit": 993, "starttls": 143, "no": 143}
HEALTH = "buzon:"
OAUTH = ("token_url", "client_id", "client_secret", "refresh_token", "scope")


class BadMailbox(ValueError):
    """The URL is not of the form that is understood; the text says why, and never holds a secret."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One folder of one mail account. With ``oauth`` the account is opened by XOAUTH2, else by its password."""

    name: str
    host: str
    port: int
    user: str
    folder: str = "INBOX"
    tls: str = "implicit"
    password: str = field(default="", repr=False)
    oauth: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def health_name(self) -> str:
        """Its name beside the channels' in their health; no channel can be called so."""
        return f"{HEALTH}{self.name}"


def parse_mailbox(name: str, url: str) -> Mailbox:
    """
    Read a mailbox.

    ``imaps://user:password@host:993/INBOX``, or ``imap://…?tls=starttls|no`` (``starttls`` unless it says ``no``). Microsoft 365 and
    Google take ``auth=xoauth2`` with ``oauth.token_url``, ``oauth.client_id``, ``oauth.client_secret``, ``oauth.refresh_token`` and
    ``oauth.scope`` as arguments, as a channel does.

    :raises BadMailbox: the URL is not of this form.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise BadMailbox("is not an URL") from exc
    if parts.scheme not in TLS:
        raise BadMailbox("must begin with imaps:// or imap://")
    given = dict(parse_qsl(parts.query))
    oauth = {key: given.pop(f"oauth.{key}") for key in OAUTH if f"oauth.{key}" in given}
    tls = given.pop("tls", TLS[parts.scheme])
    auth = given.pop("auth", "password")
    if given:
        raise BadMailbox(f"unknown arguments {', '.join(sorted(given))}")
    if tls not in PORTS:
        raise BadMailbox(f"tls must be one of {', '.join(PORTS)}, not {tls!r}")
    if not (parts.hostname and parts.username):
        raise BadMailbox("names no host, or no user")
    _check(auth, parts.password or "", oauth)
    return Mailbox(
        name=name,
        host=parts.hostname,
        port=port or PORTS[tls],
        user=unquote(parts.username),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls=tls,
        password=unquote(parts.password or ""),
        oauth=oauth,
    )


def _check(auth: str, password: str, oauth: dict[str, str]) -> None:
    """One way to open it, and all that this way needs."""
    if auth not in {"password", "xoauth2"}:
        raise BadMailbox(f"auth must be one of password, xoauth2, not {auth!r}")
    if auth == "password" and (oauth or not password):
        raise BadMailbox("needs a password, or auth=xoauth2 for oauth.…")
    if auth == "xoauth2" and not (oauth.get("token_url") and oauth.get("client_id")):
        raise BadMailbox("auth=xoauth2 needs oauth.token_url and oauth.client_id")
    if auth == "xoauth2" and not (oauth.get("refresh_token") or oauth.get("client_secret")):
        raise BadMailbox("auth=xoauth2 needs oauth.refresh_token or oauth.client_secret")
