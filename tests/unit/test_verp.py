"""Return paths: they name one delivery, and nobody else can make one up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import verp

TOKEN = "0123456789abcdef0123456789abcdef"


def test_a_return_path_has_51_characters_before_the_at_in_lower_case():
    path = verp.return_path(TOKEN.upper(), "Devueltos.Example.com")

    local, _, domain = path.partition("@")
    assert (len(local), local[:35], domain) == (51, f"b.{TOKEN}.", "devueltos.example.com")
    assert path == path.lower()


@given(st.uuids())
def test_a_return_path_names_its_token_in_any_case_and_in_brackets(token):
    path = verp.return_path(token.hex, "devueltos.example.com")

    assert [verp.read(path), verp.read(f"<{path.upper()}>")] == [token.hex] * 2


@given(st.integers(0, 15))
def test_one_wrong_digit_of_the_signature_names_nobody(place):
    local, _, domain = verp.return_path(TOKEN, "devueltos.example.com").partition("@")
    digit = "1" if local[35 + place] == "0" else "0"
    forged = local[: 35 + place] + digit + local[36 + place :]

    assert verp.read(f"{forged}@{domain}") is None


def test_the_signature_of_another_token_names_nobody():
    signature = verp.return_path(TOKEN, "x.co").split("@")[0].split(".")[2]

    assert verp.read(f"b.{'f' * 32}.{signature}@x.co") is None


@pytest.mark.parametrize("address", ["", "compras@example.com", f"b.{TOKEN}@x.co", f"b.{TOKEN}.{'0' * 15}@x.co", "b..@x.co"])
def test_what_is_no_return_path_names_nobody(address):
    assert verp.read(address) is None


def test_another_secret_makes_another_signature_and_the_old_one_counts_while_it_is_kept(settings):
    path = verp.return_path(TOKEN, "x.co")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "otra clave " * 5

    settings.SECRET_KEY_FALLBACKS = []
    forgotten = verp.read(path)
    settings.SECRET_KEY_FALLBACKS = [old]

    assert (forgotten, verp.read(path)) == (None, TOKEN)
