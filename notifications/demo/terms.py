"""The demo's legal terms: relative to the present, so that some run whenever the demo is made."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from invoices.models import Company, User
from invoices.ubl.responses import EVENTS
from notifications import intake
from notifications.demo.ubl import DemoSale, buyer_event
from notifications.moments import local

# One term ends three business days from today, the other three from yesterday.
RECEIVED_AGO = (timedelta(hours=1), timedelta(hours=25))


def run(*, company: Company, sales: Sequence[DemoSale], by: User, now: datetime) -> None:
    """
    Two buyers receive what they bought on credit, and have not answered.

    :param sales: oldest first, those whose buyers have sent no events.
    """
    waiting = [sale for sale in sales if sale.due and sale.verdict == "02" and sale.at < now - timedelta(hours=30)]
    for sale, ago in zip(reversed(waiting), RECEIVED_AGO, strict=False):
        at = local(now - ago)
        files = [(f"{code}-{sale.number}.xml", buyer_event(sale, code=code, name=EVENTS[code], at=at)) for code in ("030", "032")]
        list(intake.receive(files, companies={company.nit: company}, by=by, notify="no", now=now))
