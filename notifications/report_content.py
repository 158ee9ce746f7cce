"""What a report of the history holds: read once, in the company's scope, and then asks the database nothing more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from invoices import history, logos
from invoices.models import Actor, Company, ElectronicDocument, HistoryEntry, HistoryHead, Membership, TitleEvent, User
from notifications import evidence, presenters, selectors
from notifications.models import CustomerAnswer, Delivery, Package
from notifications.presenters import Movement
from notifications.selectors import RecipientCard

# Printing a row takes about 15 ms: longer histories are summarised, and all their rows come as a workbook.
MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a history; ``movements`` are the newest of ``total``, newest first, or none where only the count is told."""

    title: str
    total: int
    movements: Sequence[Movement]

    @property
    def left_out(self) -> int:
        """How many of the month are in the workbook only."""
        return self.total - len(self.movements)


@dataclass(frozen=True, slots=True)
class Section:
    """
    The history of one document up to ``seq``, the last movement when the report was made.

    ``breach`` is the first line of the chain that does not hold; ``recipients`` are every address with its latest message.
    """

    document: ElectronicDocument
    seq: int
    months: Sequence[Month]
    recipients: Sequence[RecipientCard]
    event_codes: Sequence[str]
    package: Package | None
    first: HistoryEntry
    last: HistoryEntry
    breach: history.Break | None

    @property
    def problems(self) -> list[RecipientCard]:
        """The addresses that were not reached, that no other one stands in for and that no later message made good."""
        return [card for card in self.recipients if card.lost and card.delivery.replaced_by is None]

    @property
    def left_out(self) -> int:
        """How many movements are in the workbook only."""
        return sum(month.left_out for month in self.months)


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report; ``number`` names it, and is empty for one that is made at once and not kept; ``logo`` is inline. Times are aware."""

    company: Company
    sections: Sequence[Section]
    asked_by: Actor
    asked_at: datetime
    role: str
    made_at: datetime
    number: str = ""
    logo: str = ""

    @property
    def movements(self) -> int:
        """The movements of all documents."""
        return sum(section.seq for section in self.sections)

    @property
    def summarised(self) -> bool:
        """Whether some movements are in the workbook only."""
        return self.movements > MAX_ROWS

    @property
    def title(self) -> str:
        """The document's number, or how many documents there are."""
        return self.sections[0].document.number if len(self.sections) == 1 else f"{len(self.sections)} documentos"

    @property
    def since(self) -> datetime:
        """The first movement of all."""
        return min(section.first.recorded_at for section in self.sections)

    @property
    def until(self) -> datetime:
        """The last movement of all."""
        return max(section.last.recorded_at for section in self.sections)


def gather(
    *,
    company: Company,
    documents: Sequence[ElectronicDocument],
    by: Actor,
    asked_at: datetime,
    made_at: datetime,
    report_id: UUID | None = None,
) -> Content:
    """
    Read the whole history of each document; of all of them together at most ``MAX_ROWS`` movements are told in full.

    :param documents: in the order of the report, with their customer; each has a history.
    """
    heads = {head.document_id: head for head in HistoryHead.objects.filter(document_id__in=[item.pk for item in documents])}
    told = shares([heads[item.pk].seq for item in documents], MAX_ROWS)
    membership = Membership.objects.filter(company=company, user=by).first() if isinstance(by, User) else None
    return Content(
        company=company,
        sections=[_section(item, heads[item.pk], most) for item, most in zip(documents, told, strict=True)],
        asked_by=by,
        asked_at=asked_at,
        role=membership.get_role_display() if membership else "",
        made_at=made_at,
        number=str(report_id)[-8:].upper() if report_id else "",
        logo=logos.inline(company),
    )


def shares(counts: Sequence[int], most: int) -> list[int]:
    """Deal ``most`` rows out to documents with so many movements: what a short history does not need goes to the long ones."""
    dealt, left = [0] * len(counts), most
    for place, index in enumerate(sorted(range(len(counts)), key=counts.__getitem__)):
        dealt[index] = min(counts[index], left // (len(counts) - place))
        left -= dealt[index]
    return dealt


def up_to(seq: int, document: ElectronicDocument) -> QuerySet[HistoryEntry]:
    """The document's movements as of its head, newest first: one that is recorded meanwhile is not part of the report."""
    return history.whole(document).filter(seq__lte=seq)


def _section(document: ElectronicDocument, head: HistoryHead, most: int) -> Section:
    entries = up_to(head.seq, document)
    newest, oldest = entries[0], entries.reverse()[0]
    return Section(
        document=document,
        seq=head.seq,
        months=_months(entries, most),
        recipients=recipients(document),
        event_codes=sorted(set(_counting(document).values_list("code", flat=True))),
        package=selectors.latest_package(document),
        first=oldest,
        last=newest,
        breach=history.verify(document.pk, entries.reverse().iterator(chunk_size=1000), head),
    )


def _counting(document: ElectronicDocument) -> QuerySet[TitleEvent]:
    return TitleEvent.objects.filter(document=document).exclude(verdict__in=TitleEvent.SET_ASIDE)


def _months(entries: QuerySet[HistoryEntry], most: int) -> list[Month]:
    told: dict[str, list[Movement]] = defaultdict(list)
    for entry in entries[:most]:
        told[presenters.month_title(entry.recorded_at)].append(presenters.present(entry))
    months = entries.annotate(month=TruncMonth("recorded_at", tzinfo=presenters.BOGOTA)).order_by("-month").values_list("month")
    return [
        Month(title, total, told[title]) for title, total in ((presenters.month_title(at), n) for at, n in months.annotate(Count("pk")))
    ]


def recipients(document: ElectronicDocument) -> list[RecipientCard]:
    """
    Every address that was ever told, with its latest message; failed ones first.

    Unlike on screen an address that another one stands in for stays: a report tells what happened.
    """
    sends: dict[str, int] = defaultdict(int)
    latest: dict[str, Delivery] = {}
    for delivery in Delivery.objects.filter(document=document).select_related("replaced_by", "resolved_by").order_by("created_at", "pk"):
        sends[delivery.address_key] += 1
        latest[delivery.address_key] = delivery
    answer = CustomerAnswer.latest(document)
    answered = answer.delivery.address_key if answer else ""
    evidence.date(list(latest.values()))
    cards = [RecipientCard(delivery, sends[key], answer if key == answered else None, tries=[]) for key, delivery in latest.items()]
    return sorted(cards, key=lambda card: (not card.failed, card.reached, card.delivery.address_key))
