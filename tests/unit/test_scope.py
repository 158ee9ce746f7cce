"""Who may read across companies."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each file with its reason: it finds a row before there is a company, or serves what belongs to none.
MAY = {
    "notifications/outbox.py": "claims, sweeps and sends rows of every company, each in its own scope",
    "notifications/digest.py": "a digest is a person's, over all companies of his",
    "notifications/facts.py": "keeps facts that name nobody: orphans have no company",
    "notifications/following.py": "locks the deliveries that were found, mails of an account among them",
    "notifications/matching.py": "finds the delivery that a fact from outside names, before there is a company",
    "notifications/refold.py": "reads the facts of the row that was found, mails of an account among them",
    "notifications/settle.py": "settles the row that was claimed; mails of an account have no company",
    "notifications/mail_backend.py": "mails of an account have no company",
    "notifications/alerts.py": "finds the companies in which something was given up",
    "notifications/acknowledgements.py": "finds what waited out its term",
    "notifications/inbound.py": "what came in belongs to no company until it is read",
    "notifications/orphans.py": "shows the superuser what belongs to no company",
    "invoices/api/idempotency.py": "forgets what is older than a day",
    "einvoice_trace/metrics.py": "counts over all companies, and shows no row",
    "notifications/first_notices.py": "finds the companies that owe a first notification",
    "notifications/batches.py": "finds the batches that run, and the drafts that nobody confirmed",
    "notifications/reports.py": "finds the reports that are due or past their time",
}


def test_only_the_named_files_read_across_companies() -> None:
    sources = [path for app in ("invoices", "notifications", "einvoice_trace") for path in (ROOT / app).rglob("*.py")]

    found = {str(path.relative_to(ROOT)) for path in sources if re.search(r"\w\.across\b", path.read_text(encoding="utf-8"))}

    assert found == set(MAY)
