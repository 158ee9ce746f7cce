"""Which files of a mail are taken for an answer of a buyer."""

import pytest

from notifications.returned import attachments
from notifications.returned.attachments import attached
from tests import ubl_builders as ubl
from tests.reply_mails import File, forwarded, mail

XML, ZIP = b"<ApplicationResponse/>", ubl.build_zip({"ad.xml": b"<AttachedDocument/>"})


def found(*files: File) -> list[tuple[str, bytes]]:
    return list(attached(mail(*files).as_bytes()))


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (File("ad.zip", ZIP), "ad.zip"),
        (File("AD.ZIP", ZIP, "application/octet-stream"), "AD.ZIP"),
        (File("evento", ZIP, "application/x-zip-compressed"), "evento"),
        (File("ar.xml", XML, "application/xml"), "ar.xml"),
        (File("ar.xml", XML, "application/octet-stream"), "ar.xml"),
        (File("ar.xml", XML, "application/pdf"), "ar.xml"),
        (File("Recepción ñ.xml", XML, "application/octet-stream"), "Recepción ñ.xml"),
        (File("carpeta/ar.xml", XML, "application/xml"), "ar.xml"),
    ],
)
def test_what_is_a_zip_or_an_xml_by_name_or_type_is_taken(file, name):
    assert found(file) == [(name, file.data)]


@pytest.mark.parametrize("file", [File("f.pdf", b"%PDF", "application/pdf"), File("logo.png", b"x", "image/png")])
def test_other_files_are_left(file):
    assert found(file) == []


def test_a_file_without_a_name_gets_one_by_its_type():
    raw = b"Content-Type: application/xml\nContent-Transfer-Encoding: base64\n\nPGEvPg==\n"

    assert list(attached(raw)) == [("adjunto.xml", b"<a/>")]


def test_all_files_of_a_mail_come_in_its_order():
    assert [name for name, _ in found(File("1.zip", ZIP), File("logo.png", b"x", "image/png"), File("2.xml", XML))] == ["1.zip", "2.xml"]


def test_a_mail_that_was_forwarded_is_looked_into():
    assert list(attached(forwarded(mail(File("ad.zip", ZIP))).as_bytes())) == [("ad.zip", ZIP)]


def test_a_file_beyond_the_first_half_megabyte_is_read_whole():
    large = File("grande.zip", bytes(range(256)) * 8000)

    assert found(File("foto.png", b"x" * 900_000, "image/png"), large) == [("grande.zip", large.data)]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: application/zip; name*=nada''%ff.zip\n\nx",
        b"Content-Type: application/xml\nContent-Transfer-Encoding: base64\n\n!!!",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename==?x?q?a.zip?=\n\nx",
        b"Content-Type: message/rfc822\n\n" * 3000,
    ],
)
def test_a_mail_that_was_made_to_hurt_raises_nothing(raw):
    assert isinstance(list(attached(raw)), list)


def test_a_mail_that_would_cost_the_parser_minutes_is_read_in_part(monkeypatch):
    read = list[int]()
    monkeypatch.setattr(attachments.parts, "parse", lambda raw: read.append(len(raw)) or attachments.message_from_bytes(b""))
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(90)) + b"A\n" * 1_000_000

    assert list(attached(nested)) == []
    assert read == [len(nested)]
