"""The first real company and its administrator."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from invoices.models import Company, Membership, User
from invoices.ubl.nit import check_digit


class Command(BaseCommand):
    """``create_company NIT --name … --admin EMAIL``."""

    help = "Crea una empresa y su administrador, que fija su contraseña con «¿Olvidaste tu contraseña?»."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What a company needs to begin."""
        parser.add_argument("nit", help="NIT, con o sin dígito de verificación (900373076-4)")
        parser.add_argument("--name", required=True, help="razón social")
        parser.add_argument("--trade-name", default="", help="nombre comercial")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="correo del administrador")
        parser.add_argument("--reply-address", default="", help="correo de autorespuesta; si falta, el del administrador")
        parser.add_argument("--channel", default="default", choices=sorted(settings.CHANNELS))

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        """Make both, or say what is wrong with the input."""
        nit = _nit(options["nit"])
        email = options["admin"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as exc:
            raise CommandError(f"{email}: no es un correo válido.") from exc
        company, created = Company.objects.get_or_create(
            nit=nit,
            defaults={
                "name": options["name"],
                "trade_name": options["trade_name"],
                "reply_address": options["reply_address"] or email,
                "channel": options["channel"],
            },
        )
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        Membership.objects.get_or_create(company=company, user=user, defaults={"role": Membership.Role.ADMINISTRATOR})
        self.stdout.write(f"{'Creada' if created else 'Ya existía'}: {company.name}, NIT {company.formatted_nit}; administrador {email}")
        if not user.has_usable_password():
            self.stdout.write(f"La contraseña se fija en {settings.PUBLIC_URL}/cuenta/password/reset/")


def _nit(text: str) -> str:
    """Digits without the check digit, which is compared when it is given."""
    number, _, digit = text.replace(".", "").strip().partition("-")
    if not (number.isdecimal() and 5 <= len(number) <= 15):
        raise CommandError(f"{text}: no es un NIT.")
    if digit and digit != check_digit(number):
        raise CommandError(f"{text}: el dígito de verificación debe ser {check_digit(number)}.")
    return number
