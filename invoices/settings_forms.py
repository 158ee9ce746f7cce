"""What is typed on the pages of *Configuración*; the names are those of the services' arguments, which check it."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from invoices.company import MOST_DAYS, TEXTS
from invoices.invalid import Invalid
from invoices.models import ApiKey, AuditEntry, Company, Membership, User

NUMBER = {"invalid": "Escribe un número entero.", "required": "Escribe un número entero."}


def line(label: str, most: int, help_text: str = "", **attrs: str) -> forms.CharField:
    """One line of text, which may stay empty; how long it may be is the service's to say, and the browser's to hinder."""
    widget = forms.TextInput(attrs={"maxlength": most, **attrs})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget)


def choice(label: str, widget: forms.Widget, initial: str = "") -> forms.CharField:
    """One of a few values, which the service knows."""
    return forms.CharField(label=label, required=False, widget=widget, initial=initial)


class HouseForm(forms.Form):
    """Looks like the rest of the product, and takes the refusal of a service in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-check-input" if isinstance(field.widget, forms.RadioSelect) else "form-control"
            field.widget.attrs["class"] = "form-select" if type(field.widget) is forms.Select else kind

    def refuse(self, exc: Invalid) -> None:
        """Put the sentence at its field, or over the whole."""
        self.add_error(exc.field if exc.field in self.fields else None, str(exc))


class CompanyForm(HouseForm):
    """The settings of a company."""

    trade_name = line(
        "Nombre comercial", TEXTS["trade_name"], "Como te conocen tus clientes: encabeza el correo y la página del documento."
    )
    business_line = line(
        "Línea de negocio", TEXTS["business_line"], "Opcional: va al final del asunto, para que tu cliente clasifique el correo."
    )
    sender_name = line("Nombre del remitente", TEXTS["sender_name"], "Si lo dejas vacío, sale el nombre comercial o la razón social.")
    reply_address = line(
        "Correo de autorespuesta", 254, "Allí responde tu cliente y envía sus eventos (030 a 033).", inputmode="email", autocomplete="email"
    )
    phone = line("Teléfono", TEXTS["phone"], "Va en el correo, junto al de autorespuesta.", autocomplete="tel")
    city = line("Ciudad", TEXTS["city"])
    auto_confirm_days = forms.IntegerField(
        label="Días de espera", error_messages=NUMBER, widget=forms.NumberInput(attrs={"min": 1, "max": MOST_DAYS})
    )
    auto_confirm_calendar = choice("Se cuentan en", forms.Select(choices=Company.Calendar.choices))


class InvitationForm(HouseForm):
    """Who is asked in, and as what."""

    email = line("Correo", 254, "Le llega un enlace que vence en 7 días.", inputmode="email", autocomplete="off")
    role = choice("Rol", forms.RadioSelect(choices=Membership.Role.choices), Membership.Role.ACCOUNTANT)


class RoleForm(HouseForm):
    """The role of a member."""

    role = choice("Rol", forms.RadioSelect(choices=Membership.Role.choices))


class ApiKeyForm(HouseForm):
    """A new key."""

    name = line("Nombre", 80, "Qué programa la usa, para reconocerla después.", autocomplete="off", placeholder="Facturador de la tienda")
    scope = choice("Alcance", forms.RadioSelect(choices=ApiKey.Scope.choices), ApiKey.Scope.READ)


class JoinForm(HouseForm):
    """The account of somebody who was invited; the address is the invitation's."""

    name = line("Tu nombre", 150)
    password = forms.CharField(label="Contraseña", strip=False, error_messages={"required": "Escribe una contraseña."})

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        """By the project's validators, which know the name and the address too."""
        password = str(self.cleaned_data["password"])
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


class AuditFilter(HouseForm):
    """What the audit trail is narrowed to; the name is that of the address."""

    accion = forms.ChoiceField(label="Acción", required=False, choices=[("", "Todas"), *AuditEntry.Action.choices])

    def action(self) -> str:
        """The action, or nothing for all; one that does not exist narrows nothing."""
        return str(self.cleaned_data["accion"]) if self.is_valid() else ""
