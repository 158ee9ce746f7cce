"""Secrets at rest: unreadable without a key, readable with an old one, and never in an error."""

import base64
from typing import Any

import pytest

from notifications import secret_box

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (251, 7))


def test_a_secret_comes_back_and_is_not_readable_in_between(settings: Any) -> None:
    settings.SECRETS_KEYS = [NEW]

    token = secret_box.encrypt("contraseña")

    assert "contraseña" not in token
    assert secret_box.decrypt(token) == "contraseña"


def test_an_old_key_still_reads(settings: Any) -> None:
    settings.SECRETS_KEYS = [OLD]
    token = secret_box.encrypt("x")

    settings.SECRETS_KEYS = [NEW, OLD]

    assert secret_box.decrypt(token) == "x"


def test_a_secret_written_anew_needs_the_first_key_only(settings: Any) -> None:
    settings.SECRETS_KEYS = [OLD]
    token = secret_box.encrypt("x")
    settings.SECRETS_KEYS = [NEW, OLD]

    anew = secret_box.encrypt_anew(token)

    settings.SECRETS_KEYS = [NEW]
    assert secret_box.decrypt(anew) == "x"


@pytest.mark.parametrize("read", [secret_box.decrypt, secret_box.encrypt_anew])
def test_a_lost_key_is_said_and_not_guessed(read: Any, settings: Any) -> None:
    settings.SECRETS_KEYS = [OLD]
    token = secret_box.encrypt("x")
    settings.SECRETS_KEYS = [NEW]

    with pytest.raises(secret_box.Unreadable, match="SECRETS_KEY"):
        read(token)


def test_both_alphabets_of_base64_are_the_same_key() -> None:
    standard, safe = base64.b64encode(b"\xfb" * 32).decode(), base64.urlsafe_b64encode(b"\xfb" * 32).decode()

    assert standard != safe
    assert secret_box.box([safe]).decrypt(secret_box.box([standard]).encrypt(b"x")) == b"x"


@pytest.mark.parametrize(("keys", "why"), [([], "no key"), ([NEW, "%%%"], "key 2 is not base64"), (["aGVsbG8="], "key 1 has 5 bytes")])
def test_what_is_no_key_is_refused_by_its_number(keys: list[str], why: str) -> None:
    with pytest.raises(secret_box.BadKey, match=why):
        secret_box.box(keys)
