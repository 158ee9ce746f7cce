"""The audit trail in words: what stands in ``AuditEntry.data``, as an accountant reads it."""

from typing import Any

from invoices.models import ApiKey, AuditEntry, BuyerDemand, Company, DirectoryDecision, Membership

# In the order in which they are read; JSONB keeps none.
LABELS = {
    "name": "nombre",
    "customer": "cliente",
    "email": "correo",
    "address": "correo",
    "role": "rol",
    "before": "rol anterior",
    "after": "rol nuevo",
    "scope": "alcance",
    "always": "siempre",
    "reason": "motivo",
    "note": "nota",
    "decision": "decisión",
    "demand": "exigencia",
    "value": "valor",
    "prevents": "impide el envío",
    "channel": "canal",
    "kind": "clase",
    "channel_before": "canal anterior",
    "fields": "cambió",
    "list": "lista",
    "format": "formato",
    "file": "archivo",
    "rows": "filas",
    "rows_up_to": "filas, hasta",
    "new": "nuevas",
    "already": "ya estaban",
    "conflict": "en conflicto",
    "refused": "rechazadas",
    "skipped": "descartadas",
    "filters": "filtros",
    "trade_name": "nombre comercial",
    "business_line": "línea de negocio",
    "sender_name": "nombre del remitente",
    "reply_address": "correo de autorespuesta",
    "phone": "teléfono",
    "city": "ciudad",
    "auto_confirm_days": "días de la confirmación automática",
    "auto_confirm_calendar": "calendario de la confirmación automática",
    "logo": "logo",
}
# Where a result is kept: nothing to read.
HIDDEN = {"result"}
ORDER = {name: place for place, name in enumerate(LABELS)}
# What these hold is a code; on screen it has a name.
WORDS: dict[str, dict[Any, str]] = {
    **{name: dict(Membership.Role.choices) for name in ("role", "before", "after")},
    "scope": dict(ApiKey.Scope.choices),
    "auto_confirm_calendar": dict(Company.Calendar.choices),
    "decision": {**dict(DirectoryDecision.Choice.choices), "undo": "Deshacer", "keep": "Guardar", "remove": "Quitar"},
    "demand": dict(BuyerDemand.Demand.choices),
}


def details(entry: AuditEntry) -> list[str]:
    """One line per fact; what is empty is left out, and a fact without a label stands under its own name."""
    lines: list[str] = []
    for name, value in _sorted(entry.data):
        if name == "changes":
            lines += [_change(field, *values) for field, values in _sorted(value)]
        elif name == "again":
            lines.append("Otra vez")
        elif name not in HIDDEN and value not in ("", None, [], {}):
            lines.append(f"{_label(name)}: {_value(name, value)}")
    return lines


def _sorted(data: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(data.items(), key=lambda item: (ORDER.get(item[0], len(ORDER)), item[0]))


def _change(field: str, before: Any, after: Any) -> str:
    if field == "logo":
        return "Logo: se quitó" if not after else "Logo: se cambió" if before else "Logo: se puso"
    return f"{_label(field)}: {_quoted(field, before)} → {_quoted(field, after)}"


def _quoted(field: str, value: Any) -> str:
    return "nada" if value == "" else f"«{_value(field, value)}»"


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{LABELS.get(key, key)}: {_value(key, item)}" for key, item in _sorted(value))
    if isinstance(value, list):
        return ", ".join(_value(name, item) for item in value)
    return WORDS.get(name, {}).get(value, str(value))


def _label(name: str) -> str:
    text = LABELS.get(name, name.replace("_", " "))
    return text[:1].upper() + text[1:]
