import pytest

from invoices.ubl.nit import check_digit, format_nit


@pytest.mark.parametrize(("nit", "digit"), [("800197268", "4"), ("900108281", "3"), ("900373076", "4"), ("900374637", "0")])
def test_the_check_digit_follows_the_rule_of_dian(nit: str, digit: str) -> None:
    assert check_digit(nit) == digit


@pytest.mark.parametrize("text", ["", "80019726A", "800.197.268", "\uff18\uff10\uff10"])
def test_there_is_no_check_digit_for_what_is_not_made_of_digits(text: str) -> None:
    with pytest.raises(ValueError, match="not a NIT"):
        check_digit(text)


@pytest.mark.parametrize(("nit", "printed"), [("800197268", "800.197.268-4"), ("1020304050", "1.020.304.050-8"), ("AB12", "AB12")])
def test_a_nit_is_printed_with_dots_and_check_digit(nit: str, printed: str) -> None:
    assert format_nit(nit) == printed
