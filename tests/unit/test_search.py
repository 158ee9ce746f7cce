"""What was typed in the box."""

import pytest

from invoices.search import Typed, number_key, plain, recognise


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Compras@Example.com", Typed("address", "compras@example.com")),
        ("a" * 96, Typed("key", "a" * 96)),
        ("8BB918B19BA22A694F1D", Typed("key", "8bb918b19ba22a694f1d")),
        ("900.373.076-1", Typed("identification", "900373076")),
        ("NIT 900373076", Typed("identification", "900373076")),
        ("c.c. 1.020.304.050", Typed("identification", "1020304050")),
        ("FER-12871", Typed("number", "FER12871")),
        ("fe700", Typed("number", "FE700")),
        ("Droguería  salud", Typed("name", "DROGUERIA SALUD")),
        ("Ñandú", Typed("name", "NANDU")),
        ("   ", None),
    ],
)
def test_the_box_recognises(text, typed):
    assert recognise(text) == typed


def test_keys_forget_case_accents_and_separators():
    assert number_key("fé-12.871 a") == "FE12871A"
    assert plain("  Café  Ñuño ") == "CAFE NUNO"
