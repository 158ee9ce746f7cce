"""Migrations run on the owner's connection; the application's role may not change a table."""

from argparse import ArgumentParser

from django.core.management.commands.migrate import Command as DjangoMigrate


class Command(DjangoMigrate):
    """``migrate``, on the connection ``owner``."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Default to the owner's connection."""
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.set_defaults(database="owner")
