from decimal import Decimal

import pytest

from invoices.ubl.keys import cude, cuds, cufe, event_cude, is_key, normalise_key


def test_the_cufe_of_dians_example_is_reproduced() -> None:
    key = cufe(
        number="323200000129",
        date="2019-01-16",
        time="10:53:10-05:00",
        subtotal=Decimal("1500000"),
        iva=Decimal("285000.009"),
        inc=Decimal(0),
        ica=Decimal(0),
        total=Decimal("1785000.00"),
        issuer="700085371",
        customer="800199436",
        technical_key="693ff6f2a553c3646a063436fd4dd9ded0311471",
        environment="1",
    )

    assert key == "8bb918b19ba22a694f1da11c643b5e9de39adf60311cf179179e9b33381030bcd4c3c3f156c506ed5908f9276f5bd9b4"


def test_the_cude_of_dians_example_is_reproduced() -> None:
    key = cude(
        number="0000000001",
        date="2020-10-24",
        time="14:04:35-05:00",
        subtotal=Decimal("15000.00"),
        iva=Decimal("0.00"),
        inc=Decimal("0.00"),
        ica=Decimal("0.00"),
        total=Decimal("17000.00"),
        issuer="900373076",
        customer="8355990",
        pin="12345",
        environment="1",
    )

    assert key == "92c29e6b17a584f7a67ea53e5666980bde27bc1c2b2aefbc8ba42366ff11a246982ad27075e623429efd5ed1fbcbb57b"


def test_the_cuds_of_dians_example_is_reproduced() -> None:
    key = cuds(
        number="DS236000000",
        date="2022-02-18",
        time="13:34:59-05:00",
        subtotal=Decimal("3899000.00"),
        iva=Decimal("322430.00"),
        total=Decimal("4152178.00"),
        seller="1020",
        buyer="20227859",
        pin="12345",
        environment="2",
    )

    assert key == "63930c174e440328eccc4545712ed9f26ef3d7923e6b528a25df11b6f76dcd9f8e457a1b7b72bd3d85f210c3ed3ba924"


def test_the_cude_of_an_event_of_dians_example_is_reproduced() -> None:
    key = event_cude(
        number="1",
        date="2019-04-30",
        time="19:48:50-05:00",
        sender="99998888",
        receiver="800197268",
        response_code="030",
        document_number="FE123",
        document_type="01",
        pin="11111",
    )

    assert key == "0d91ba25b01f5e7dbda870a11b274501d3a62a73e91932c473c86c93f12a142a2ac45876efcde3e679024a01c0be41f9"


def test_a_key_is_compared_in_lower_case_without_blanks() -> None:
    assert normalise_key(f"  {'AB' * 48}\n") == "ab" * 48


@pytest.mark.parametrize(
    ("text", "valid"), [("0f" * 48, True), (" " + "0F" * 48, True), ("0f" * 47, False), ("0g" * 48, False), ("{UUID}", False), ("", False)]
)
def test_a_key_has_96_hexadecimal_digits(text: str, valid: bool) -> None:
    assert is_key(text) is valid
