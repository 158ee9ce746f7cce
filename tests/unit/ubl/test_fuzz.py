"""For any bytes: a document or a refusal, nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices.ubl.container import Upload, read_upload
from tests.ubl_builders import PDF, build_attached_document, build_credit_note, build_event, build_invoice, build_response, build_zip

SEEDS = [
    build_invoice(references=[("FE1", "ab" * 48)]),
    build_credit_note(),
    build_response(rules=[("FAJ43b", "x")]),
    build_event("031", claim_code="02"),
    build_attached_document(build_invoice(), build_response()),
    build_zip({"ad.xml": build_attached_document(build_invoice(), build_response()), "ad.pdf": PDF}),
    build_zip({"a.xml": build_invoice(), "b.xml": build_credit_note(), "respuesta.xml": build_response()}),
]
OFTEN = settings(max_examples=300, deadline=None, derandomize=True)
places = st.floats(min_value=0, max_value=1, exclude_max=True)


def check(data: bytes) -> None:
    """Something was read or something was refused; every refusal has a sentence."""
    upload = read_upload("archivo", data)
    assert isinstance(upload, Upload)
    assert upload.pieces or upload.refusals
    assert all(refusal.sentence.endswith(".") and refusal.code for refusal in upload.refusals)


@OFTEN
@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check(data)


@OFTEN
@given(st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"<", b"\xff\xfe<\x00", b"<?xml ", b"<!DOCTYPE "]), st.binary(max_size=500))
def test_any_bytes_after_a_known_beginning_are_read_or_refused(start: bytes, data: bytes) -> None:
    check(start + data)


@OFTEN
@given(st.sampled_from(SEEDS), st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8))
def test_files_with_changed_bytes_are_read_or_refused(seed: bytes, changes: list[tuple[float, int]]) -> None:
    data = bytearray(seed)
    for place, value in changes:
        data[int(place * len(data))] = value

    check(bytes(data))


@OFTEN
@given(st.sampled_from(SEEDS), places, places)
def test_files_with_a_part_cut_out_are_read_or_refused(seed: bytes, first: float, second: float) -> None:
    start, end = sorted((int(first * len(seed)), int(second * len(seed))))

    check(seed[:start] + seed[end:])


@OFTEN
@given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), places, places)
def test_files_spliced_together_are_read_or_refused(one: bytes, other: bytes, first: float, second: float) -> None:
    check(one[: int(first * len(one))] + other[int(second * len(other)) :])


@OFTEN
@given(
    st.sampled_from([b"cbc:", b"cac:", b"-2", b"2026", b"31", b">", b'"', b"96", b"02", b"0"]),
    st.binary(max_size=12),
    st.sampled_from(SEEDS[:5]),
)
def test_files_with_replaced_words_are_read_or_refused(old: bytes, new: bytes, seed: bytes) -> None:
    check(seed.replace(old, new))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_truncated_file_is_refused_at_every_tenth_of_its_length(seed: bytes) -> None:
    for tenth in range(1, 10):
        upload = read_upload("archivo", seed[: len(seed) * tenth // 10])

        assert not upload.pieces
        assert upload.refusals
