"""What the list is asked for, from an address that people share and edit by hand."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms

from invoices.models import ElectronicDocument
from invoices.models.documents import TYPE_LABELS
from invoices.selectors import BY_DATE, BY_MOVEMENT, BY_TERM, TERMS, TROUBLES, Cursor, Filters, Order

ORDERS = {"": BY_DATE, "movimiento": BY_MOVEMENT}


def select(label: str, choices: Any, *, every: str) -> forms.ChoiceField:
    """An optional choice with a first entry that means all."""
    return forms.ChoiceField(label=label, required=False, choices=[("", every), *choices])


def day(label: str) -> forms.DateField:
    """An optional day, typed as dd/mm/aaaa."""
    widget = forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": "dd/mm/aaaa", "size": 8, "inputmode": "numeric"})
    errors = {"invalid": "Escribe la fecha como dd/mm/aaaa."}
    return forms.DateField(label=label, required=False, widget=widget, error_messages=errors)


def troubles() -> list[tuple[str, str]]:
    """What may be wrong about the messages of a document; chosen by a link, and taken away like the other filters."""
    return [("", "Todos"), *((name, trouble.label) for name, trouble in TROUBLES.items())]


def terms() -> list[tuple[str, str]]:
    """How the legal term may stand; chosen by a link too."""
    return [("", "Todos"), *((name, term.label) for name, term in TERMS.items())]


def order_of(name: str, filters: Filters) -> Order:
    """The order that an address asks for; documents under a term are always in its order, the most urgent first."""
    return BY_TERM if filters.term else ORDERS.get(name, BY_DATE)


class DocumentFilter(forms.Form):
    """The filters of *Facturación Electrónica*; the names are those of the address."""

    q = forms.CharField(label="Buscar", required=False, max_length=200)
    desde = day("Desde")
    hasta = day("Hasta")
    dian = select("Notificación DIAN", ElectronicDocument.Dian.choices, every="Todas")
    entrega = select("Entrega", ElectronicDocument.Delivery.choices, every="Todas")
    cliente = select("Notificación Cliente", ElectronicDocument.CustomerStatus.choices, every="Todas")
    eventos = select("Título Valor", ElectronicDocument.TitleStatus.choices, every="Todos")
    tipo = select("Tipo", TYPE_LABELS.items(), every="Todos")
    problema = forms.ChoiceField(label="Problema", required=False, choices=troubles)
    plazo = forms.ChoiceField(label="Plazo legal", required=False, choices=terms)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "%s"} | kwargs))
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"

    def filters(self, *, today: date) -> Filters:
        """
        What is valid of the filters; what is not is named beside its field and narrows nothing.

        :param today: in America/Bogota.
        """
        self.is_valid()
        found: dict[str, Any] = self.cleaned_data
        return Filters(
            q=found.get("q") or "",
            since=found.get("desde"),
            until=found.get("hasta"),
            dian=found.get("dian") or "",
            delivery=found.get("entrega") or "",
            customer_status=found.get("cliente") or "",
            title_status=found.get("eventos") or "",
            type_code=found.get("tipo") or "",
            trouble=found.get("problema") or "",
            term=found.get("plazo") or "",
            today=today,
        )


class SalesFilter(DocumentFilter):
    """The filters of *Transacciones*: those of documents that a sale has too."""

    dian = entrega = cliente = eventos = problema = plazo = None  # type: ignore[assignment]


def in_force(form: forms.Form) -> list[tuple[str, str]]:
    """Each filter of a validated form that narrows: its name in the address, and in words (``Entrega: Con problema``)."""
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value:
            words = dict(getattr(field, "choices", [])).get(value, form.data.get(name, ""))
            found.append((name, f"{field.label}: {words}"))
    return found


def write_cursor(cursor: Cursor) -> str:
    """A cursor as it stands in the address."""
    side = "b" if cursor.back else "a"
    place = cursor.place.isoformat() if isinstance(cursor.place, date) else cursor.place
    return urlsafe_b64encode(f"{side} {cursor.id.hex} {place}".encode()).decode().rstrip("=")


def read_cursor(text: str, order: Order) -> Cursor | None:
    """The cursor of an address; one that somebody mangled, or of another order, begins at the first page."""
    try:
        side, identifier, written = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(" ", 2)
        place = order.read(written)
        if (isinstance(place, datetime) and place.tzinfo is None) or "\x00" in written:
            return None
        return Cursor(place, UUID(identifier), back=side == "b")
    except (ValueError, UnicodeDecodeError, binascii.Error):
        return None
