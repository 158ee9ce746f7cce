"""
Access tokens for mail accounts that take no password (Microsoft 365, Google), kept in the process until they end.

Sources: RFC 6749, sections 4.4 (client credentials), 5.2 (errors) and 6 (refresh); Microsoft, "Authenticate an IMAP, POP or
SMTP connection using OAuth"; Google, "XOAUTH2 mechanism".
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from notifications.channels import Channel

TIMEOUT = (5, 15)  # seconds to connect, and to answer
MARGIN_SECONDS = 60  # a token that is about to end is not used any more
SHORT_SECONDS = 300  # where the endpoint does not say how long it holds
MOST_TEXT = 300

Keep = Callable[[str, str], None]
Account = tuple[str, str, tuple[tuple[str, str], ...]]


class NoToken(Exception):
    """The token endpoint gave none: the channel's fault. The text is what it said, without our secrets."""


@dataclass(frozen=True, slots=True)
class Token:
    """``until``: on this process' monotonic clock; ``refresh_token`` is a new one, where the endpoint gave one."""

    access: str = field(repr=False)
    until: float = 0.0
    refresh_token: str = field(default="", repr=False)


_lock = threading.Lock()
_tokens: dict[str, tuple[Account, Token]] = {}
_exchanged: dict[str, tuple[str, str]] = {}  # channel → its refresh token as it is written down, and the one that took its place


def access_token(channel: Channel, *, keep: Keep) -> str:
    """
    A token that lets the channel's mailbox send.

    :param keep: called with the channel's name and its new refresh token when the endpoint exchanged it: the old one is dead.
    :raises NoToken: the endpoint refuses, or cannot be reached.
    """
    account = _account(channel)
    with _lock:  # one fetch serves all threads; an endpoint that exchanges refresh tokens must not be asked twice at once
        known = _tokens.get(channel.name)
        if known and known[0] == account and known[1].until > time.monotonic():
            return known[1].access
        current = _refresh_token(channel)
        token = _fetch(channel.oauth | ({"refresh_token": current} if current else {}))
        _tokens[channel.name] = (account, token)
        new = token.refresh_token if current and token.refresh_token != current else ""
        if new:
            _exchanged[channel.name] = (channel.oauth["refresh_token"], new)
    if new:
        keep(channel.name, new)
    return token.access


def _account(channel: Channel) -> Account:
    """Whose token it is: everything but the refresh token, which changes while the access token goes on being good."""
    lasting = tuple(sorted((name, value) for name, value in channel.oauth.items() if name != "refresh_token"))
    return channel.host, channel.user, lasting


def _refresh_token(channel: Channel) -> str:
    written = channel.oauth.get("refresh_token", "")
    before, after = _exchanged.get(channel.name, ("", ""))
    return after if before == written else written


def forget(channel: Channel) -> None:
    """Drop the kept token: the mail server no longer takes it."""
    with _lock:
        _tokens.pop(channel.name, None)


def forget_all() -> None:
    """Know nothing any more, as a process that begins."""
    with _lock:
        _tokens.clear()
        _exchanged.clear()


def _fetch(oauth: dict[str, str]) -> Token:
    try:
        answer = requests.post(oauth["token_url"], data=_request(oauth), timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as exc:
        raise NoToken(f"No se pudo pedir el permiso de acceso ({type(exc).__name__}).") from exc
    body = _json(answer)
    access = body.get("access_token")
    if answer.status_code != 200 or not isinstance(access, str) or not access:
        raise NoToken(_refusal(answer.status_code, body, oauth))
    seconds = _seconds(body.get("expires_in"))
    refresh = body.get("refresh_token")
    return Token(access, time.monotonic() + max(seconds - MARGIN_SECONDS, 0), refresh if isinstance(refresh, str) else "")


def _request(oauth: dict[str, str]) -> dict[str, str]:
    """The form that is sent: a refresh token if there is one, else the client speaks for itself."""
    grant = {"grant_type": "refresh_token"} if "refresh_token" in oauth else {"grant_type": "client_credentials"}
    return grant | {name: value for name, value in oauth.items() if name != "token_url"}


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(value: object) -> float:
    """``expires_in`` is a number, or a number as text; a nonsense one counts as a short life."""
    try:
        return float(str(value))
    except ValueError:
        return SHORT_SECONDS


def _refusal(status: int, body: dict[str, Any], oauth: dict[str, str]) -> str:
    said = ": ".join(str(body[name]) for name in ("error", "error_description") if body.get(name))
    for name in ("client_secret", "refresh_token"):
        if oauth.get(name):
            said = said.replace(oauth[name], "…")
    return f"{status} {' '.join(said.split())[:MOST_TEXT]}".strip()
