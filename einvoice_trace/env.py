"""The environment, read in one place that refuses to guess."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from notifications.channels import BadChannel, Channel, parse_channel
from notifications.mailbox_url import BadMailbox, Mailbox, parse_mailbox
from notifications.secret_box import BadKey, box


class BadEnvironment(Exception):
    """A variable is missing or holds a value that this product does not understand."""


def text(name: str, *, default: str | None = None) -> str:
    """
    The variable, or the contents of the file that ``NAME_FILE`` names (for secrets), or the default.

    :raises BadEnvironment: neither is set and there is no default, or the file cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise BadEnvironment(f"{name}_FILE names a file that cannot be read: {path}") from exc
    value = os.environ.get(name, default)
    if value is None:
        raise BadEnvironment(f"{name} (or {name}_FILE) must be set")
    return value


def flag(name: str, *, default: bool) -> bool:
    """``yes`` or ``no``; nothing else is understood."""
    return choice(name, ["yes", "no"], default="yes" if default else "no") == "yes"


def number(name: str, *, default: int) -> int:
    """
    A whole number from 0 on.

    :raises BadEnvironment: it is none.
    """
    value = text(name, default=str(default))
    if not (value.isascii() and value.isdecimal()):
        raise BadEnvironment(f"{name} must be a whole number from 0 on, not {value!r}")
    return int(value)


def choice(name: str, options: Sequence[str], *, default: str) -> str:
    """One of the options."""
    value = text(name, default=default)
    if value not in options:
        raise BadEnvironment(f"{name} must be one of {', '.join(options)}, not {value!r}")
    return value


def words(name: str, *, default: str | None = "") -> list[str]:
    """
    A list separated by commas; blanks around a word do not count.

    :raises BadEnvironment: the variable is not set and there is no default.
    """
    return [word.strip() for word in text(name, default=default).split(",") if word.strip()]


def keys(name: str, *, default: str | None) -> list[str]:
    """
    Keys that encrypt, separated by commas; ``notifications.secret_box`` says of which form.

    :raises BadEnvironment: there is none and no default, or one is not a key.
    """
    found = words(name, default=default)
    try:
        box(found)
    except BadKey as exc:
        raise BadEnvironment(f"{name}: {exc}; make one with: openssl rand -base64 32") from exc
    return found


def dates(name: str) -> frozenset[date]:
    """
    A list of days, ``2027-07-12,2027-08-09``.

    :raises BadEnvironment: one of them is no date.
    """
    try:
        return frozenset(date.fromisoformat(word) for word in words(name))
    except ValueError as exc:
        raise BadEnvironment(f"{name} must hold dates like 2027-07-12, separated by commas") from exc


def channel(variable: str, *, name: str, default: str | None = None) -> Channel:
    """
    A channel written as an URL; ``notifications.channels`` says which forms there are.

    :raises BadEnvironment: the URL is not of these forms.
    """
    try:
        return parse_channel(name, text(variable, default=default))
    except BadChannel as exc:
        raise BadEnvironment(f"{variable}: {exc}") from exc


def channels(variable: str, *, default: str | None) -> dict[str, Channel]:
    """``default`` from the variable itself, and one more channel for each ``VARIABLE__NAME`` there is."""
    more = {name: channel(key, name=name) for name, key in _named(variable).items()}
    return {"default": channel(variable, name="default", default=default)} | more


def mailboxes(variable: str) -> dict[str, Mailbox]:
    """
    ``default`` from the variable itself, where it is set, and one more mailbox for each ``VARIABLE__NAME`` there is.

    :raises BadEnvironment: an URL is not of the form that ``notifications.mailbox_url`` says.
    """
    given = {"default": variable} if text(variable, default="") else {}
    return {name: _mailbox(name, key) for name, key in (given | _named(variable)).items()}


def _mailbox(name: str, variable: str) -> Mailbox:
    try:
        return parse_mailbox(name, text(variable))
    except BadMailbox as exc:
        raise BadEnvironment(f"{variable}: {exc}") from exc


def _named(variable: str) -> dict[str, str]:
    """The name after ``VARIABLE__`` in lower case → the variable, for each of them that there is."""
    prefix = f"{variable}__"
    keys_found = sorted({key.removesuffix("_FILE") for key in os.environ if key.startswith(prefix)})
    return {key.removeprefix(prefix).lower(): key for key in keys_found}
