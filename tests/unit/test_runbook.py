"""What the documents tell people to type exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
COMMAND = re.compile(r"(?:bin/manage|manage\.py) ([a-z_]+)([^`\n|;]*)")


def typed() -> Iterator[tuple[str, str, str]]:
    """Document, command and what follows it, wherever a document tells to type one."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for name, rest in COMMAND.findall(path.read_text()):
            yield path.name, name, rest


def options(name: str) -> set[str]:
    """What the command understands."""
    app = get_commands()[name]
    command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    return set(command.create_parser("manage.py", name)._option_string_actions)


def test_every_command_that_is_told_exists() -> None:
    told = {(document, name) for document, name, _ in typed()}

    assert {name for document, name in told if document == "runbook.md"} >= {"outbox", "verify_history", "create_company", "migrate"}
    assert [(document, name) for document, name in sorted(told) if name not in get_commands()] == []


@pytest.mark.parametrize("name", sorted({name for _, name, _ in typed()} & set(get_commands())))
def test_every_option_that_is_told_is_understood(name: str) -> None:
    told = {option for _, command, rest in typed() if command == name for option in re.findall(r"(?<= )--[a-z-]+", rest)}

    assert told - options(name) == set()


def test_what_is_to_be_pasted_into_prometheus_can_be_read() -> None:
    scrape, alerts = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", RUNBOOK, re.DOTALL))

    assert [job["job_name"] for job in scrape["scrape_configs"]] == ["traza"]
    assert all({"alert", "expr"} <= set(rule) for rule in alerts["groups"][0]["rules"])
