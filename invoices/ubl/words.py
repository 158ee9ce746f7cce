"""An amount in Spanish words, as it stands under the total of an invoice."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
LIMIT = Decimal(10) ** 18
SMALL = (
    *("cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    *("diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve"),
    *("veinte", "veintiún", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho"),
    "veintinueve",
)
TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
HUNDREDS = (
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos"),
    *("quinientos", "seiscientos", "setecientos", "ochocientos", "novecientos"),
)
# One and more than one; all masculine, as the numerals before them.
CURRENCIES = {
    "COP": ("peso colombiano", "pesos colombianos"),
    "USD": ("dólar estadounidense", "dólares estadounidenses"),
    "EUR": ("euro", "euros"),
    "MXN": ("peso mexicano", "pesos mexicanos"),
    "CLP": ("peso chileno", "pesos chilenos"),
    "PEN": ("sol", "soles"),
    "BRL": ("real brasileño", "reales brasileños"),
    "CAD": ("dólar canadiense", "dólares canadienses"),
    "CHF": ("franco suizo", "francos suizos"),
}


def amount_in_words(amount: Decimal, currency: str) -> str:
    """
    ``1785000`` COP → *Un millón setecientos ochenta y cinco mil pesos colombianos M/CTE*.

    :param amount: rounded half up to cents, which follow as ``con 86/100``; below a trillion (10¹⁸).
    :param currency: ISO 4217; one that has no name here is written as its code.
    :raises ValueError: the amount is too large.
    """
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    if abs(rounded) >= LIMIT:
        raise ValueError(f"{amount} is too large to be written in words")
    whole, cents = divmod(int(abs(rounded) * 100), 100)
    words = [
        "menos" if rounded < 0 else "",
        integer_in_words(whole),
        "de" if whole and whole % 1_000_000 == 0 else "",
        _currency(currency, whole),
        f"con {cents:02}/100" if cents else "",
        "M/CTE" if currency == "COP" else "",
    ]
    sentence = " ".join(word for word in words if word)
    return sentence[0].upper() + sentence[1:]


def integer_in_words(number: int) -> str:
    """``21000`` → *veintiún mil*: as before a masculine noun, in the long scale (*billón* is 10¹²); from 0 to below 10¹⁸."""
    billions, rest = divmod(number, 10**12)
    millions, rest = divmod(rest, 10**6)
    parts = (_counted(billions, "un billón", "billones"), _counted(millions, "un millón", "millones"), _below_million(rest))
    return " ".join(part for part in parts if part) or SMALL[0]


def _currency(code: str, whole: int) -> str:
    one, many = CURRENCIES.get(code, (code, code))
    return one if whole == 1 else many


def _counted(count: int, one: str, many: str) -> str:
    return one if count == 1 else f"{_below_million(count)} {many}" if count else ""


def _below_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    head = "mil" if thousands == 1 else f"{_below_thousand(thousands)} mil" if thousands else ""
    return f"{head} {_below_thousand(rest)}".strip()


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cien"
    return f"{HUNDREDS[hundreds]} {_below_hundred(rest)}".strip()


def _below_hundred(number: int) -> str:
    if number < len(SMALL):
        return SMALL[number] if number else ""
    tens, units = divmod(number, 10)
    return f"{TENS[tens]} y {SMALL[units]}" if units else TENS[tens]
