import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices.ubl.addresses import split_addresses


@pytest.mark.parametrize(
    ("text", "deliverable"),
    [
        ("a@x.co", ["a@x.co"]),
        ("A@X.CO;b@y.co", ["a@x.co", "b@y.co"]),
        ("A@X.NET , b@y.co", ["a@x.net", "b@y.co"]),
        ("a@x.co b@y.co\nc@z.co\r\nd@w.co", ["a@x.co", "b@y.co", "c@z.co", "d@w.co"]),
        ("a@x.co / b@y.co", ["a@x.co", "b@y.co"]),
        ("a@x.co/b@y.co", ["a@x.co", "b@y.co"]),
        ("a/b@x.co", ["a/b@x.co"]),
        ("b@x.co;a@x.co;B@X.co", ["b@x.co", "a@x.co"]),
        ("<a@x.co>; 'b@y.co'; c@z.co.", ["a@x.co", "b@y.co", "c@z.co"]),
        ("Juan Pérez <juan@x.co>", ["juan@x.co"]),
        ("a@x.co" + " " * 40, ["a@x.co"]),
        ("a@peña.co", ["a@xn--pea-8ma.co"]),
        ("o'brien+dian@x.com.co", ["o'brien+dian@x.com.co"]),
        (f"{'l' * 64}@x.co", [f"{'l' * 64}@x.co"]),
        ("", []),
        (" ;, / ", []),
    ],
)
def test_addresses_are_split_as_people_write_them(text: str, deliverable: list[str]) -> None:
    found = split_addresses(text)

    assert found.deliverable == tuple(deliverable)
    assert found.undeliverable == ()


@pytest.mark.parametrize(
    "text",
    [
        "jlópez@x.co",
        "x@localhost",
        "a@b",
        "@x.co",
        "a@",
        "a..b@x.co",
        "a@b@x.co",
        "a@x..co",
        "a@-x.co",
        "a@x.123",
        "a@x_y.co",
        f"{'l' * 65}@x.co",
        f"a@{'d' * 64}.co",
        f"a@{'d.' * 130}co",
        f"a@{'ñandú.' * 30}co",
        "no tiene correo",
    ],
)
def test_what_plain_smtp_does_not_carry_is_kept_apart(text: str) -> None:
    found = split_addresses(text)

    assert found.deliverable == ()
    assert found.undeliverable == (text,)


def test_words_in_the_place_of_an_address_are_shown_and_a_display_name_is_not() -> None:
    found = split_addresses("Ana <ana@x.co>; Sin-Correo")

    assert found.deliverable == ("ana@x.co",)
    assert found.undeliverable == ("sin-correo",)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("@.;,/<> \n")), max_size=400))
def test_any_text_gives_addresses_that_can_be_written_into_an_envelope(text: str) -> None:
    found = split_addresses(text)

    assert all(address.isascii() and address == address.lower() and len(address) <= 254 for address in found.deliverable)
    assert not set(found.deliverable) & set(found.undeliverable)
