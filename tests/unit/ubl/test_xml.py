import codecs

import pytest

from invoices.ubl import xml
from invoices.ubl.refusal import Refused
from invoices.ubl.xml import MAX_DEPTH, MAX_XML_BYTES, parse_root, text

ENTITY_BOMB = '<!DOCTYPE a [<!ENTITY b "ja"><!ENTITY c "&b;&b;&b;">]><a x="&c;">&c;</a>'
XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(
    "data",
    [
        "<a>ñandú</a>".encode(),
        "<?xml version='1.0' encoding='utf-8'?><a>ñandú</a>".encode(),
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>ñandú</a>'.encode("latin-1"),
        '<?xml version="1.0" encoding="UTF-8"?><a>ñandú</a>'.encode("latin-1"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>ñandú</a>'.encode(),
        '<?xml version="1.0" encoding="utf-16"?><a>ñandú</a>'.encode(),
        '<?xml version="1.0" encoding="UTF-16"?><a>ñandú</a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><a>ñandú</a>'.encode("utf-16-le"),
        '<?xml version="1.0" encoding="UTF-16"?><a>ñandú</a>'.encode("utf-16-be"),
        codecs.BOM_UTF8 + "<a>ñandú</a>".encode(),
        codecs.BOM_UTF8 + codecs.BOM_UTF8 + "<a>ñandú</a>".encode(),
        "ï»¿<a>ñandú</a>".encode(),
        "\r\n\r\r\n  <?xml version='1.0'?>\r\r\n<a>ñandú</a>\r\r\n\x00".encode(),
        "<a>\n   ñandú  \r\n</a>".encode(),
        "<a>ñan<!-- x --><![CDATA[dú]]><?p q?></a>".encode(),
    ],
)
def test_text_is_read_whatever_the_declaration_says(data: bytes) -> None:
    assert text(parse_root(data), ".") == "ñandú"


def test_bytes_that_windows_1252_does_not_know_are_read_as_latin_1() -> None:
    assert text(parse_root(b"<a>\x81\xf1</a>"), ".") == "\x81ñ"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("source", [ENTITY_BOMB, XXE, "<!DOCTYPE a><a/>", '<!DOCTYPE a SYSTEM "http://localhost/a.dtd"><a/>'])
def test_a_doctype_is_refused_in_every_encoding(source: str, encoding: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_root(source.encode(encoding))

    assert refused.value.code == "doctype"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\xef\xbb\xbf ", "empty"),
        (b"hola", "not_xml"),
        (b"{}", "not_xml"),
        (b"<a><b></a>", "malformed"),
        (b"<a>", "malformed"),
        (b"<a/>basura", "malformed"),
        (b"<a>&nada;</a>", "malformed"),
        (b"<a>&#0;</a>", "malformed"),
        (b"<a><b:c/></a>", "malformed"),
        (codecs.BOM_UTF16_LE + b"<\x00a", "encoding"),
        (b"<a>" + b" " * MAX_XML_BYTES + b"</a>", "too_big"),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "too_deep"),
    ],
)
def test_what_is_not_a_whole_and_modest_xml_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_root(data)

    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("node", [b"<b/>", b"<!--c-->", b"<?p?>"])
def test_too_many_nodes_of_any_kind_are_refused(node: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_NODES", 10)

    with pytest.raises(Refused) as refused:
        parse_root(b"<a>" + node * 10 + b"</a>")

    assert refused.value.code == "too_many_nodes"


def test_as_many_nodes_as_allowed_are_read_in_as_many_branches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_NODES", 7)
    monkeypatch.setattr(xml, "MAX_DEPTH", 3)

    assert len(list(parse_root(b"<a>" + b"<b><c/></b>" * 3 + b"</a>").iter())) == 7


def test_depth_is_counted_anew_in_every_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_DEPTH", 3)

    with pytest.raises(Refused) as refused:
        parse_root(b"<a><b/><b/><b><c><d/></c></b></a>")

    assert refused.value.code == "too_deep"


def test_a_file_at_the_limits_is_read() -> None:
    deep = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH

    assert len(list(parse_root(deep + b" " * (MAX_XML_BYTES - len(deep))).iter())) == MAX_DEPTH


def test_the_line_of_the_damage_is_named() -> None:
    with pytest.raises(Refused, match=r"línea 3"):
        parse_root(b"<a>\n<b>\n</a>")
