"""One address of a document and how its latest message fares, with everything that *¿Por qué dice esto?* shows of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from invoices.models import ElectronicDocument
from notifications import buyer_links, channel_registry, conformity, evidence, presenters, steering, suppressions, typos
from notifications.causes import REASONS, Remedy
from notifications.evidence import Decider, Fact
from notifications.lives import FAILURES, MEANING, REACHED, DeliveryState, Queue
from notifications.models import Attempt, CustomerAnswer, Delivery, DeliveryEvent, Suppression
from notifications.presenters import Flag

# What no page shows and what makes a row heavy.
BODIES = ("text_body", "html_body", "resolved_by__text_body", "resolved_by__html_body")


@dataclass(frozen=True, slots=True)
class RecipientCard:
    """
    One address and how its latest message fares; ``sends`` counts every message ever owed to it.

    ``decider`` is the fact that gave the state; ``suppression`` holds the address back now; ``impediments`` are what the review
    of the package says against sending it, where that blocked it.
    """

    delivery: Delivery
    sends: int
    answer: CustomerAnswer | None
    tries: Sequence[Attempt]
    events: Sequence[DeliveryEvent] = ()
    decider: Decider | None = None
    suppression: Suppression | None = None
    impediments: Sequence[str] = ()

    @property
    def failed(self) -> bool:
        """Whether it ended without reaching anybody."""
        return self.delivery.state in FAILURES

    @property
    def lost(self) -> bool:
        """Whether it failed and no later message to another address made it good."""
        return self.failed and self.delivery.resolved_by_id is None

    @property
    def switched_off(self) -> bool:
        """Whether a person did not want it to be told: that makes no document incomplete."""
        return self.delivery.reason == "switched_off"

    @property
    def reached(self) -> bool:
        """Whether it left our hands and did not come back."""
        return self.delivery.state in REACHED

    @property
    def delivered(self) -> bool:
        """Whether the buyer's server has it."""
        return self.delivery.state == DeliveryState.DELIVERED

    @property
    def why(self) -> str:
        """The reason in a sentence, else what the state means."""
        return presenters.why(self.delivery) or self.meaning

    @property
    def meaning(self) -> str:
        """What the state means, for whoever asks why it says so."""
        return MEANING[DeliveryState(self.delivery.state)]

    @property
    def since(self) -> datetime:
        """When it came into its state, as far as is known."""
        return evidence.moment(self.decider) if self.decider else presenters.since(self.delivery)

    @property
    def next_at(self) -> datetime | None:
        """The next try, where one was put off; a channel that rests puts off a first one too."""
        item = self.delivery
        return item.next_at if item.queue in {Queue.READY, Queue.WAITING} and (item.attempts or item.next_at > item.created_at) else None

    @property
    def cancelable(self) -> bool:
        """Whether a person may still say that it shall not leave."""
        return steering.may_steer(self.delivery)

    @property
    def retryable(self) -> bool:
        """Whether a person may hurry it: it was put off, held back or given up."""
        return self.cancelable and (self.next_at is not None or self.delivery.queue != Queue.READY)

    @property
    def link_until(self) -> datetime | None:
        """Until when the personal link in the mail answers; None where no mail arrived, so nobody has it."""
        return buyer_links.until(self.delivery) if self.delivery.sent_at and not self.failed else None

    @property
    def remedy(self) -> str:
        """What a person can do about a failure (``causes.Remedy``), or nothing."""
        if not self.lost:
            return ""
        reason = REASONS.get(self.delivery.reason)
        return str(reason.remedy if reason else Remedy.RETRY)

    @property
    def advice(self) -> str:
        """The same in words."""
        reason = REASONS.get(self.delivery.reason)
        return reason.advice if reason and self.lost else ""

    @property
    def meant(self) -> str:
        """The address that was probably meant, where this one has to be corrected."""
        return typos.suggest(self.delivery.address_key) if self.remedy == Remedy.CORRECT else ""

    @property
    def flags(self) -> list[Flag]:
        """What the facts say beside the state."""
        return presenters.flags(self.delivery)

    @property
    def engagement(self) -> str:
        """What was seen in the mailbox, in words that claim no reading; nothing where the answer itself is shown."""
        return "" if self.answer else presenters.engagement(self.delivery)

    @property
    def ruling(self) -> list[str]:
        """Why it says so: the rule, what the review of the package says, then what else the facts say."""
        rule, *also = evidence.ruling(self.delivery, self.decider)
        return [rule, *self.impediments, *also]

    @property
    def decided(self) -> Fact | None:
        """The fact that decided."""
        return evidence.fact(self.decider) if self.decider else None

    @property
    def other_facts(self) -> list[Fact]:
        """All the other facts, newest first."""
        return evidence.others(self.tries, self.events, self.decider)


def recipient_cards(document: ElectronicDocument) -> list[RecipientCard]:
    """The latest message to each address that was not replaced by another; failed ones first, those made good last."""
    tries = Prefetch("tries", Attempt.objects.order_by("number"))
    sends: dict[str, int] = defaultdict(int)
    latest: list[Delivery] = []
    rows = Delivery.objects.filter(document=document).select_related("resolved_by", "reviewed_by").defer(*BODIES)
    for delivery in rows.order_by("created_at", "pk").prefetch_related(tries):
        sends[delivery.address_key] += 1
        if delivery.replaced_by_id is None:
            latest.append(delivery)
    answer = CustomerAnswer.latest(document)
    events, deciders = evidence.events_of(latest), evidence.deciders(latest)
    held, against = suppressions.held(sends), conformity.impediments(latest)
    cards = [
        RecipientCard(
            delivery=delivery,
            sends=sends[delivery.address_key],
            answer=answer if answer and answer.delivery.address_key == delivery.address_key else None,
            tries=list(delivery.tries.all()),
            events=events.get(delivery.pk, ()),
            decider=deciders.get(delivery.pk),
            suppression=held.get(delivery.address_key),
            impediments=against.get(delivery.document_id, ()) if delivery.reason == conformity.REASON else (),
        )
        for delivery in latest
    ]
    return sorted(cards, key=_urgency)


def _urgency(card: RecipientCard) -> tuple[bool, bool, bool, bool, str]:
    """What somebody must look at comes first."""
    item = card.delivery
    return (not card.lost, item.reviewed_at is not None or card.switched_off, card.reached, card.failed, item.address_key)


def is_blind(cards: Sequence[RecipientCard]) -> bool:
    """Whether one of the messages left by a channel that never tells more than that: it is said once, not at each address."""
    return any(channel_registry.is_blind(card.delivery.channel) for card in cards if card.delivery.state == DeliveryState.SENT)
