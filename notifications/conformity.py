"""*Revisión de conformidad* of a package that goes to a buyer: kept on it, made before its first send and whenever somebody asks."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from invoices.models import BuyerDemand, ElectronicDocument
from invoices.ubl.conformity import Demand, Finding, Grade, Requirement, check, check_demands, open_parcel
from notifications import messages
from notifications.models import Delivery, Package

# What stops a send; a package that cannot be read as a document was never reviewed and has no grade.
PREVENTS = Grade.PREVENTS
ORDER = (Grade.PREVENTS, Grade.WARNS, Grade.COMPLIES)
# The reason of a delivery that a review blocked.
REASON = "conformity"
NO_LONGER = "La última revisión del paquete ya no lo impide: se puede reenviar."


def review(package: Package) -> None:
    """
    Write grade and findings on the package, which the caller saves: the annex's rules, then what this buyer asks.

    A package in which no document can be read keeps an empty grade: it goes as it came, and nothing is known of it.
    """
    data = package.file.read()
    if not open_parcel(package.name, data).documents:
        package.grade, package.review = "", []
        return
    found = list(check(package.name, data).findings)
    found += check_demands(package.name, data, subject=messages.subject(package.document), requirements=_requirements(package.document))
    package.grade = sort(found)[0].grade.value
    package.review = [[item.rule, item.grade.value, item.sentence, item.source] for item in found]


def went(package: Package) -> bool:
    """Whether the review let it go: what was known then stays as it was."""
    return package.grade != PREVENTS


def fingerprint(document: ElectronicDocument) -> list[str]:
    """What the buyer asks, as far as a review depends on it."""
    return [f"demand {item.demand} {item.value} {item.prevents}" for item in _requirements(document)]


def shown(package: Package | None) -> dict[str, Sequence[Finding]]:
    """What was kept of the last review: ``mending`` is what prevents or warns, the worst first; ``complying`` the rest."""
    kept = [Finding(rule, Grade(grade), sentence, source) for rule, grade, sentence, source in package.review] if package else []
    good = [item for item in kept if item.grade == Grade.COMPLIES]
    return {"mending": [item for item in sort(kept) if item not in good], "complying": good}


def impediments(deliveries: Iterable[Delivery]) -> Mapping[UUID | None, Sequence[str]]:
    """
    What the kept review of the package that each document last used says against sending it, a sentence each, by the document's id.

    Only of documents with a delivery that a review blocked; in one query where there is one, else in none.
    """
    blocked = {item.document_id for item in deliveries if item.reason == REASON}
    if not blocked:
        return {}
    last = Package.objects.filter(document__in=blocked).order_by("document", "-used_at", "-pk").distinct("document")
    return {package.document_id: _against(package) for package in last}


def _against(package: Package) -> Sequence[str]:
    found = [f"Impide el envío: {item.sentence}" for item in shown(package)["mending"] if item.grade == Grade.PREVENTS]
    return found or [NO_LONGER]


def sort(found: Iterable[Finding]) -> list[Finding]:
    """What prevents first, then what warns, then the rest."""
    return sorted(found, key=lambda item: ORDER.index(item.grade))


def _requirements(document: ElectronicDocument) -> list[Requirement]:
    rows = BuyerDemand.objects.filter(customer_id=document.customer_id).order_by("demand")
    return [Requirement(Demand(row.demand), row.value, row.prevents) for row in rows]
