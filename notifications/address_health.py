"""How well an address receives mail: last delivery, last return, held back or not, probably mistyped; in the company's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications import evidence, presenters, suppressions, typos
from notifications.lives import DeliveryState
from notifications.models import Delivery, Suppression

RETURNED = (DeliveryState.BOUNCED, DeliveryState.SOFT_BOUNCED, DeliveryState.REJECTED)
NEEDED = ("address_key", "state", "reason", "decided_by", "settled_at", "sent_at", "created_at")


@dataclass(frozen=True, slots=True)
class Health:
    """
    What is known of an address over all documents of the company; times are those of the facts.

    ``why`` is the reason of the last return; ``meant`` the address that was probably meant.
    """

    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    why: str = ""
    suppression: Suppression | None = None
    meant: str = ""

    @property
    def held_because(self) -> str:
        """Why it is held back, in a sentence."""
        return suppressions.why(self.suppression) if self.suppression else ""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell."""
        return self != UNKNOWN


UNKNOWN = Health()


def of(addresses: Iterable[str]) -> dict[str, Health]:
    """The health of each of the addresses (in lower case): in five queries at most, however many they are."""
    wanted = list(addresses)
    held = suppressions.held(wanted)
    delivered, returned = _newest(wanted, DeliveryState.DELIVERED), _newest(wanted, *RETURNED)
    evidence.date([*delivered.values(), *returned.values()])
    found = {}
    for address in wanted:
        arrived, came_back = delivered.get(address), returned.get(address)
        found[address] = Health(
            delivered_at=presenters.since(arrived) if arrived else None,
            returned_at=presenters.since(came_back) if came_back else None,
            why=presenters.why(came_back) if came_back else "",
            suppression=held.get(address),
            meant=typos.suggest(address),
        )
    return found


def _newest(addresses: list[str], *states: str) -> dict[str, Delivery]:
    """The newest message about a document to each address that is in one of the states."""
    rows = Delivery.objects.filter(address_key__in=addresses, state__in=states, document__isnull=False).only(*NEEDED)
    return {row.address_key: row for row in rows.order_by("address_key", "-created_at", "-pk").distinct("address_key")}
