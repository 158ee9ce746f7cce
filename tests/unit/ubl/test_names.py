import pytest

from invoices.ubl.names import comparable_stem, container_name, file_name, is_rule_name, package_name


def test_a_package_is_named_with_its_consecutive_in_hexadecimal() -> None:
    assert package_name(nit="800197268", consecutive=10, year=2026) == "z0800197268000260000000a.zip"


def test_a_container_is_named_like_its_package() -> None:
    assert container_name(nit="800197268", consecutive=1, year=2019) == "ad08001972680001900000001.xml"


def test_any_other_file_is_named_by_its_tag_and_extension() -> None:
    assert file_name(tag="fv", nit="1020304050", year=2026, consecutive=0xABCDEF01, extension="pdf") == "fv102030405000026abcdef01.pdf"


@pytest.mark.parametrize(("nit", "consecutive"), [("12345678901", 1), ("800-1", 1), ("", 1), ("800197268", 0), ("800197268", 2**32)])
def test_what_does_not_fit_the_rule_has_no_name(nit: str, consecutive: int) -> None:
    with pytest.raises(ValueError, match="no name"):
        package_name(nit=nit, consecutive=consecutive, year=2026)


@pytest.mark.parametrize("name", ["z0800197268000260000000a.zip", "AD08001972680002600000001.XML", "ncs09003730760002600000001.xml"])
def test_a_name_by_the_rule_is_recognised(name: str) -> None:
    assert is_rule_name(name)


@pytest.mark.parametrize(
    "name", ["Factura 12.zip", "z0800197268000260000000g.zip", "x08001972680002600000001.xml", "z0800197268000260000000a.zip.exe"]
)
def test_any_other_name_is_not(name: str) -> None:
    assert not is_rule_name(name)


@pytest.mark.parametrize(
    ("name", "stem"),
    [("fv0800197268000260000000a.pdf", "0800197268000260000000a"), ("Enero/FE-1.PDF", "fe-1"), ("sin extensión", "sin extensión")],
)
def test_names_are_compared_without_folder_extension_and_tag(name: str, stem: str) -> None:
    assert comparable_stem(name) == stem
