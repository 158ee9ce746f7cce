"""
Secrets of channels at rest: encrypted and signed with the first key of ``SECRETS_KEY``, read with any of them.

A new key goes before the old one; ``rotate_secrets`` then writes everything anew, and the old one may go.
Source: Fernet, as the library *cryptography* describes it (AES-128-CBC, HMAC-SHA256).
"""

import base64
import binascii
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

KEY_BYTES = 32


class BadKey(ValueError):
    """A key is not 32 bytes in base64; the text says which one, and does not hold it."""


class Unreadable(Exception):
    """What is kept was encrypted with a key that is not there any more, or was changed."""


def box(keys: Sequence[str]) -> MultiFernet:
    """
    The box that these keys open.

    :param keys: each 32 bytes in base64, of either alphabet (``openssl rand -base64 32``).
    :raises BadKey: none is given, or one is not of that form.
    """
    if not keys:
        raise BadKey("holds no key")
    return MultiFernet([Fernet(_key(number, key)) for number, key in enumerate(keys, start=1)])


def _key(number: int, key: str) -> bytes:
    try:
        raw = base64.b64decode(key.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadKey(f"key {number} is not base64") from exc
    if len(raw) != KEY_BYTES:
        raise BadKey(f"key {number} has {len(raw)} bytes instead of {KEY_BYTES}")
    return base64.urlsafe_b64encode(raw)


def encrypt(text: str) -> str:
    """The text, readable only with the key."""
    return box(settings.SECRETS_KEYS).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """
    What ``encrypt`` was given.

    :raises Unreadable: no key of ours opens it.
    """
    try:
        return box(settings.SECRETS_KEYS).decrypt(token).decode()
    except InvalidToken as exc:
        raise Unreadable("SECRETS_KEY does not open it") from exc


def encrypt_anew(token: str) -> str:
    """
    The same secret under the first key.

    :raises Unreadable: no key of ours opens it.
    """
    try:
        return box(settings.SECRETS_KEYS).rotate(token).decode()
    except InvalidToken as exc:
        raise Unreadable("SECRETS_KEY does not open it") from exc
