"""Which notes of a document are for people, and how many of them are printed."""

import hashlib

import pytest

from invoices.ubl.printed import MAX_NOTES_TEXT, read_printed
from tests.ubl_printed_builders import build_sheet


def test_notes_for_people_are_kept_once() -> None:
    assert read_printed(build_sheet(notes=["Gracias.", "Entregar en [B2].", "Gracias."])).notes == ("Gracias.", "Entregar en [B2].")


@pytest.mark.parametrize(
    "note",
    [
        '{"logo": "' + "A" * 200 + '"}',
        '[{"a": 1}]',
        "<p>x</p>",
        "data:image/png;base64,AAAA",
        "FEV204182026-11-2408:41:07-05:001575000.0001210000.00040.00030.001785000.00909214587908630142",
        "FEV204182026-11-2408:41:07-05:001575000.0001210000.00040.00030.001785000.0090921458790863 0142",
        "9" * 70,
        "PERIODO_FAC_INICIAL:",
    ],
)
def test_notes_for_machines_are_left_out(note: str) -> None:
    assert read_printed(build_sheet(notes=[note, "Gracias."])).notes == ("Gracias.",)


def test_the_note_of_which_the_key_is_made_is_left_out_however_short() -> None:
    secret = "FEV 1 con espacios"

    assert read_printed(build_sheet(notes=[secret], key=hashlib.sha384(secret.encode()).hexdigest())).notes == ()


def test_a_long_address_on_the_web_is_a_note_for_people() -> None:
    address = f"https://elfrailejon.example.com/{'x' * 80}"

    assert read_printed(build_sheet(notes=[address])).notes == (address,)


def test_notes_are_bounded_and_say_so() -> None:
    notes = read_printed(build_sheet(notes=[f"{number} {'palabra ' * 200}" for number in range(20)])).notes

    assert sum(map(len, notes)) <= MAX_NOTES_TEXT
    assert notes[0].endswith("…")
