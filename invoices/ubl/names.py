"""DIAN's rule for the names of files (Anexo Técnico 1.9, sections 6.5.7 and 6.5.8)."""

import re

# "ds" names support documents and equivalent documents alike; their adjustment notes are "nas" and "ncs".
NAME_TAGS = {
    "01": "fv",
    "02": "fv",
    "03": "fv",
    "04": "fv",
    **dict.fromkeys(("20", "25", "27", "32", "35", "40", "45", "50", "55", "60"), "ds"),
    "91": "nc",
    "92": "nd",
    "93": "ncs",
    "94": "ncs",
}
OWN_SOFTWARE = "000"
RULE = re.compile(r"(fv|nc|nd|ar|ad|ds|nas|ncs|ars|z)(\d{10}\d{3}\d{2}[0-9a-f]{8})\.(xml|zip|pdf)", re.IGNORECASE | re.ASCII)


def file_name(*, tag: str, nit: str, year: int, consecutive: int, extension: str) -> str:
    """
    ``ad`` + NIT in ten digits + ``000`` (own software) + year in two digits + consecutive in eight hexadecimal digits.

    :param nit: at most ten digits, without check digit.
    :param consecutive: of the company in that year, from 1 on.
    :raises ValueError: the NIT or the consecutive does not fit.
    """
    if not re.fullmatch(r"[0-9]{1,10}", nit) or not 1 <= consecutive <= 0xFFFFFFFF:
        raise ValueError(f"no name for NIT {nit!r} and consecutive {consecutive}")
    return f"{tag}{nit:0>10}{OWN_SOFTWARE}{year % 100:02}{consecutive:08x}.{extension}"


def package_name(*, nit: str, consecutive: int, year: int) -> str:
    """The name of the ZIP that is sent: ``z0800197268000260000000a.zip``."""
    return file_name(tag="z", nit=nit, year=year, consecutive=consecutive, extension="zip")


def container_name(*, nit: str, consecutive: int, year: int) -> str:
    """The name of an ``AttachedDocument``: ``ad0800197268000260000000a.xml``."""
    return file_name(tag="ad", nit=nit, year=year, consecutive=consecutive, extension="xml")


def is_rule_name(name: str) -> bool:
    """Whether a name follows the rule; many real files do not, and are read all the same."""
    return RULE.fullmatch(name) is not None


def comparable_stem(name: str) -> str:
    """A name without folder and extension, in lower case; by the rule also without its tag, so that ``fv…`` and ``ad…`` match."""
    base = name.rpartition("/")[2].casefold()
    match = RULE.fullmatch(base)
    return match[2] if match else base.rpartition(".")[0] or base
