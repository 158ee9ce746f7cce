"""The return path of each message: what comes back to it names the delivery, and nobody else can make one up."""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "notifications.verp"
SIGNATURE_DIGITS = 16
SHAPE = re.compile(r"\bb\.([0-9a-f]{32})\.([0-9a-f]{16})@[a-z0-9.-]+")


def return_path(token: str, domain: str) -> str:
    """
    The envelope sender of one message: ``b.<token>.<signature>@domain``, in lower case, 51 characters before the ``@``.

    It holds no time, because a complaint may come back weeks later.

    :param token: the 32 hexadecimal digits of the delivery. :param domain: where its returned mails are read.
    """
    token = token.lower()
    return f"b.{token}.{_signature(token, settings.SECRET_KEY)}@{domain.lower()}"


def read(address: str) -> str | None:
    """The token that the address names; None where it is no return path of ours or its signature is wrong."""
    match = SHAPE.fullmatch(address.strip().strip("<>").lower())
    if match is None:
        return None
    token, signature = match.groups()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return token if any(constant_time_compare(signature, _signature(token, key)) for key in keys) else None


def _signature(token: str, key: str | bytes) -> str:
    return salted_hmac(SALT, token, secret=key, algorithm="sha256").hexdigest()[:SIGNATURE_DIGITS]
