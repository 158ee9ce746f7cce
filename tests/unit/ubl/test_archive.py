import io
import struct
import zipfile

import pytest

from invoices.ubl import archive
from invoices.ubl.archive import MAX_MEMBERS, MAX_ZIP_BYTES
from invoices.ubl.container import Upload, read_member, read_upload
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document
from invoices.ubl.xml import MAX_XML_BYTES
from tests.ubl_builders import PDF, build_attached_document, build_invoice, build_response, build_zip

INVOICE, RESPONSE = build_invoice(), build_response()
CONTAINER = build_attached_document(INVOICE, RESPONSE)
OTHER = build_invoice(number="FE2")


def read(members: dict[str, bytes]) -> Upload:
    return read_upload("z.zip", build_zip(members))


def codes(upload: Upload) -> list[str]:
    return [refusal.code for refusal in upload.refusals]


def stored(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return buffer.getvalue()


def test_a_delivery_as_it_comes_by_mail_is_the_documents_own() -> None:
    upload = read({"ad08001972680002600000001.xml": CONTAINER, "fv08001972680002600000001.pdf": PDF})

    (piece,) = upload.pieces
    assert (piece.member, piece.name) == ("ad08001972680002600000001.xml", "z.zip › ad08001972680002600000001.xml")
    assert (piece.pdf, piece.sole) == ("fv08001972680002600000001.pdf", True)
    assert upload.pdfs == ("fv08001972680002600000001.pdf",)
    assert upload.refusals == ()


@pytest.mark.parametrize(
    "members",
    [
        {"factura.xml": INVOICE},
        {"ad.xml": CONTAINER, "otra.xml": build_attached_document(OTHER)},
        {"ad.xml": CONTAINER, "respuesta.xml": RESPONSE},
        {"ad.xml": CONTAINER, "roto.xml": b"<"},
        {"ad.xml": CONTAINER, "../x.txt": b"x"},
        {"ad.xml": build_attached_document(INVOICE, build_response(document=OTHER))},
    ],
)
def test_any_other_zip_is_not_sent_on_as_it_came(members: dict[str, bytes]) -> None:
    upload = read(members)

    assert upload.pieces
    assert not any(piece.sole for piece in upload.pieces)


def test_annexes_do_not_keep_a_zip_from_being_sent_on() -> None:
    (piece,) = read({"ad.xml": CONTAINER, "anexos.zip": build_zip({"a.txt": b"a"}), "nota.txt": b"hola"}).pieces

    assert piece.sole


def test_document_and_answer_apart_are_two_pieces() -> None:
    upload = read({"factura.xml": INVOICE, "respuesta.xml": RESPONSE, "factura.pdf": PDF})

    assert [(piece.member, piece.pdf, piece.in_container) for piece in upload.pieces] == [
        ("factura.xml", "factura.pdf", False),
        ("respuesta.xml", "", False),
    ]


def test_each_of_many_documents_has_its_own_pdf_or_none() -> None:
    upload = read({"a.xml": INVOICE, "b.xml": OTHER, "a.pdf": PDF, "anexo.pdf": PDF})

    assert [piece.pdf for piece in upload.pieces] == ["a.pdf", ""]


def test_a_document_does_not_get_the_pdf_of_one_that_was_refused() -> None:
    upload = read({"a.xml": INVOICE, "b.xml": build_invoice(number="FE2", key="x"), "b.pdf": PDF})

    assert [piece.pdf for piece in upload.pieces] == [""]
    assert codes(upload) == ["bad_key"]


def test_what_is_beside_the_only_document_is_its_annex() -> None:
    zipped = build_zip({"ad.xml": CONTAINER, "ad.pdf": PDF, "plano.pdf": PDF, "fotos/uno.png": b"x", "__MACOSX/dos.png": b"x"})

    [piece] = read_upload("z.zip", zipped).pieces

    assert (piece.pdf, piece.annexes, piece.sole) == ("ad.pdf", ("plano.pdf", "fotos/uno.png"), True)


def test_among_several_documents_nobody_has_annexes() -> None:
    other = build_attached_document(build_invoice(number="FE2"), b"", number="FE2")

    pieces = read_upload("z.zip", build_zip({"a.xml": CONTAINER, "b.xml": other, "foto.png": b"x"})).pieces

    assert [piece.annexes for piece in pieces] == [(), ()]


def test_among_several_a_pdf_without_a_name_that_fits_belongs_to_nobody() -> None:
    upload = read({"a.xml": INVOICE, "b.xml": OTHER, "c.xml": b"<", "cualquiera.pdf": PDF})

    assert [piece.pdf for piece in upload.pieces] == ["", ""]


def test_one_document_in_two_files_is_still_alone() -> None:
    upload = read({"factura.xml": INVOICE, "ad.xml": CONTAINER, "cualquiera.pdf": PDF})

    assert [piece.pdf for piece in upload.pieces] == ["cualquiera.pdf", "cualquiera.pdf"]


def test_a_bad_file_does_not_stop_the_others() -> None:
    upload = read({"roto.xml": INVOICE[:500], "bueno.xml": INVOICE})

    assert [piece.member for piece in upload.pieces] == ["bueno.xml"]
    assert [(refusal.name, refusal.code) for refusal in upload.refusals] == [("z.zip › roto.xml", "malformed")]


def test_upper_case_folders_accents_and_rubbish_are_lived_with() -> None:
    rubbish = dict.fromkeys(("__MACOSX/._AD.XML", ".DS_Store", "Factura/Thumbs.db", "desktop.ini", "Factura/"), b"x")
    upload = read({**rubbish, "Factura Ñandú/AD.XML": CONTAINER, "Factura Ñandú/FE.PDF": PDF})

    assert [(piece.member, piece.pdf) for piece in upload.pieces] == [("Factura Ñandú/AD.XML", "Factura Ñandú/FE.PDF")]
    assert upload.refusals == ()


@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "electrónica.xml"), ("cp437", "electrónica.xml"), ("cp437", "ñ╠.xml")])
def test_a_name_without_the_utf8_flag_is_read_as_it_was_meant(encoding: str, name: str) -> None:
    written = name.encode(encoding)
    data = build_zip({"x" * len(written): CONTAINER}).replace(b"x" * len(written), written)

    assert [piece.member for piece in read_upload("z.zip", data).pieces] == [name]


@pytest.mark.parametrize(
    "name", ["../a.xml", "a/../../b.xml", "/a.xml", "C:\\a.xml", "C:a.xml", "a\\b.xml", "a/..", "a\tb.xml", "a" * 252 + ".xml"]
)
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    upload = read({name: INVOICE, "b.xml": OTHER})

    assert codes(upload) == ["unsafe_path"]
    assert [piece.member for piece in upload.pieces] == ["b.xml"]
    assert upload.refusals[0].name.isprintable()


def test_of_two_files_with_the_same_name_the_first_is_read() -> None:
    data = build_zip({"a.xml": INVOICE, "b.xml": OTHER}).replace(b"b.xml", b"a.xml")

    upload = read_upload("z.zip", data)

    assert [piece.content.number for piece in upload.pieces if isinstance(piece.content, Document)] == ["FE1001"]
    assert codes(upload) == ["duplicate"]
    assert read_member(data, "a.xml") == INVOICE


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(build_zip({"a.xml": INVOICE}))
    data[data.index(b"PK\x01\x02") + 8] |= 1

    assert codes(read_upload("z.zip", bytes(data))) == ["encrypted"]


def test_a_method_that_is_not_deflate_is_refused() -> None:
    assert codes(read_upload("z.zip", stored({"a.xml": INVOICE}, zipfile.ZIP_BZIP2))) == ["method"]


def test_a_bomb_is_refused_by_what_it_states() -> None:
    assert codes(read({"a.xml": b"<a>" + b" " * 3_000_000})) == ["bomb"]


def test_a_bomb_that_lies_about_its_size_is_refused_by_what_comes_out() -> None:
    data = bytearray(build_zip({"a.xml": b"<a>" + b" " * 3_000_000}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 100_000)

    assert codes(read_upload("z.zip", bytes(data))) == ["damaged"]


def test_members_together_may_not_unpack_to_more_than_the_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    data = build_zip({"a.xml": INVOICE, "b.xml": OTHER})
    monkeypatch.setattr(archive, "MAX_RATIO", 1.5 * len(INVOICE) / len(data))
    subject = archive.Archive(data)
    monkeypatch.setattr(archive, "MAX_RATIO", 100)

    first, second = subject.members()

    assert subject.read(first, limit=MAX_XML_BYTES) == INVOICE
    with pytest.raises(Refused, match="bomba"):
        subject.read(second, limit=MAX_XML_BYTES)


def test_an_xml_over_five_megabytes_is_refused() -> None:
    (refusal,) = read_upload("z.zip", stored({"a.xml": b"<a>" + b" " * MAX_XML_BYTES})).refusals

    assert (refusal.code, refusal.sentence) == ("too_big", "Pasa de 5 MB.")


def test_an_xml_of_exactly_five_megabytes_is_read() -> None:
    assert len(read_upload("z.zip", stored({"a.xml": INVOICE.ljust(MAX_XML_BYTES)})).pieces) == 1


def test_a_zip_over_twenty_megabytes_is_refused() -> None:
    assert codes(read_upload("z.zip", build_zip({"a.xml": INVOICE}) + b" " * MAX_ZIP_BYTES)) == ["too_big"]


@pytest.mark.parametrize("count", [MAX_MEMBERS + 1, 50 * MAX_MEMBERS + 1])
def test_a_zip_with_too_many_members_is_refused(count: int) -> None:
    assert codes(read({f"{n}.txt": b"" for n in range(count)})) == ["too_many_members"]


def test_two_hundred_members_are_read() -> None:
    assert codes(read({f"{n}.txt": b"" for n in range(MAX_MEMBERS)})) == ["no_xml"]


@pytest.mark.parametrize(
    ("members", "code", "sentence"),
    [
        ({"factura.pdf": PDF}, "no_xml", "El ZIP no trae ningún XML."),
        ({}, "no_xml", "El ZIP no trae ningún XML."),
        ({"factura.zip": build_zip({"ad.xml": CONTAINER})}, "zip_in_zip", "El ZIP trae otro ZIP: carga el de adentro."),
    ],
)
def test_a_zip_without_anything_to_read_says_so(members: dict[str, bytes], code: str, sentence: str) -> None:
    (refusal,) = read(members).refusals

    assert (refusal.name, refusal.code, refusal.sentence) == ("z.zip", code, sentence)


def test_a_zip_beside_a_broken_xml_is_named_too() -> None:
    assert codes(read({"roto.xml": b"<", "factura.zip": build_zip({"ad.xml": CONTAINER})})) == ["malformed", "zip_in_zip"]


def test_a_truncated_zip_is_refused() -> None:
    data = build_zip({"ad.xml": CONTAINER})

    assert codes(read_upload("z.zip", data[: len(data) // 2])) == ["damaged"]


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(build_zip({"a.xml": INVOICE}))
    data[200] ^= 0xFF

    assert codes(read_upload("z.zip", bytes(data))) == ["damaged"]


def test_a_zip_is_recognised_by_its_content() -> None:
    assert len(read_upload("factura.xml", build_zip({"ad.xml": CONTAINER})).pieces) == 1


def test_an_xml_named_zip_is_read() -> None:
    assert len(read_upload("factura.zip", CONTAINER).pieces) == 1


def test_members_are_read_again_for_download() -> None:
    data = build_zip({"ad.xml": CONTAINER, "Gráfica.pdf": PDF})

    assert read_member(data, "Gráfica.pdf") == PDF
    assert read_member(data, "ad.xml") == CONTAINER


def test_a_bare_file_is_its_own_member() -> None:
    assert read_member(INVOICE, "") == INVOICE


@pytest.mark.parametrize(("member", "code"), [("otro.xml", "no_member"), ("../x.xml", "unsafe_path")])
def test_a_member_that_cannot_be_read_again_is_refused(member: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_member(build_zip({"ad.xml": CONTAINER, "../x.xml": INVOICE}), member)

    assert refused.value.code == code
