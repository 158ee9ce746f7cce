"""The NIT, Colombia's tax number."""

from stdnum.co import nit as stdnum_nit


def check_digit(nit: str) -> str:
    """
    The check digit (DV) of a NIT written without it: ``800197268`` → ``4``.

    :raises ValueError: it is not made of digits alone.

    Source: Orden Administrativa 4 de 1989 de la DIAN (weights 3, 7, 13 … modulo 11).
    """
    if not _is_number(nit):
        raise ValueError(f"{nit!r} is not a NIT")
    return stdnum_nit.calc_check_digit(nit)


def format_nit(nit: str) -> str:
    """As it is printed: ``800197268`` → ``800.197.268-4``; what is not made of digits stays as it is."""
    if not _is_number(nit):
        return nit
    return f"{int(nit):,}".replace(",", ".") + f"-{check_digit(nit)}"


def _is_number(nit: str) -> bool:
    return nit.isascii() and nit.isdigit()
