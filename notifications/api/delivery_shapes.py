"""The shapes of one message and of one address of a document: the state, and everything that the state does not say."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications import presenters
from notifications.cards import RecipientCard
from notifications.causes import REASONS, Remedy
from notifications.lives import FAILURES, DeliveryState, Engagement
from notifications.models import Delivery

Row = serializers.Serializer[Any]
FLAGS = ("uncertain", "complained", "autoresponded", "conflict", "inferred", "returned")
REMEDIES = [*(str(item) for item in Remedy), ""]
ABOUT_FLAGS = (
    "What the state does not say. `returned`: it came back although the buyer's server had accepted it. `conflict`: facts contradict "
    "each other. `inferred`: deduced from what was seen in the mailbox. `autoresponded` is no answer. `uncertain`: may arrive twice."
)
ABOUT_ENGAGEMENT = "What was seen in the mailbox. `opened` is likely and never proof of reading; `machine` does not count."
ABOUT_DECIDED_BY = "The fact that gave the state: `try:3`, `event:<id>`, `verdict` (not tried) or `queue`."


def flags_of(delivery: Delivery) -> list[str]:
    """The flags that hold, by name."""
    return [name for name in FLAGS if getattr(delivery, name)]


def remedy_of(delivery: Delivery) -> str:
    """What a person can do about a failure, or nothing."""
    reason = REASONS.get(delivery.reason)
    return str(reason.remedy) if reason and delivery.state in FAILURES else ""


class DeliveryOut(Row):
    """One message owed to one address, and what is known of it."""

    id = serializers.UUIDField()
    address = serializers.CharField(source="address_key")
    source = serializers.ChoiceField(Delivery.Source.choices, help_text="Why this address is told.")
    state = serializers.ChoiceField(DeliveryState.choices, help_text="`sent`: our relay accepted it. That is not delivered, and not read.")
    label = serializers.CharField(source="get_state_display", help_text="As the screen says it.")
    reason = serializers.CharField(help_text="Code of the reason of a failure, or empty.")
    sentence = serializers.SerializerMethodField(help_text="The reason in Spanish, for a user, or empty.")
    remedy = serializers.SerializerMethodField(help_text="What a person can do about a failure, or empty.")
    uncertain = serializers.BooleanField(help_text="Nobody knows whether it left; it may arrive twice.")
    flags = serializers.SerializerMethodField(help_text=ABOUT_FLAGS)
    engagement = serializers.ChoiceField(Engagement.choices, help_text=ABOUT_ENGAGEMENT)
    decided_by = serializers.CharField(help_text=ABOUT_DECIDED_BY)
    attempts = serializers.IntegerField()
    next_at = serializers.SerializerMethodField(help_text="The next try, while one is due.")
    sent_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    message_id = serializers.CharField()
    replaced_by = serializers.UUIDField(source="replaced_by_id", allow_null=True, help_text="The later message that stands in for it.")

    def get_sentence(self, delivery: Delivery) -> str:
        """Why it failed or waits."""
        return presenters.why(delivery)

    @extend_schema_field(serializers.ChoiceField(REMEDIES))
    def get_remedy(self, delivery: Delivery) -> str:
        """One word."""
        return remedy_of(delivery)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(FLAGS)))
    def get_flags(self, delivery: Delivery) -> list[str]:
        """Those that hold."""
        return flags_of(delivery)

    def get_next_at(self, delivery: Delivery) -> str | None:
        """ISO 8601, or null."""
        due = delivery.queue in {"ready", "waiting"}
        return serializers.DateTimeField().to_representation(delivery.next_at) if due else None


class RecipientOut(Row):
    """One address and how its latest message fares."""

    address = serializers.CharField(source="delivery.address_key")
    source = serializers.CharField(source="delivery.source")
    state = serializers.ChoiceField(DeliveryState.choices, source="delivery.state")
    label = serializers.CharField(source="delivery.get_state_display")
    reason = serializers.CharField(source="delivery.reason", help_text="Code of the reason of a failure, or empty.")
    sentence = serializers.CharField(source="why", help_text="What the state means or why it failed, in Spanish.")
    remedy = serializers.SerializerMethodField(help_text="What a person can do about a failure that is not made good, or empty.")
    flags = serializers.SerializerMethodField(help_text=ABOUT_FLAGS)
    engagement = serializers.ChoiceField(Engagement.choices, source="delivery.engagement", help_text=ABOUT_ENGAGEMENT)
    decided_by = serializers.CharField(source="delivery.decided_by", help_text=ABOUT_DECIDED_BY)
    ruling = serializers.ListField(child=serializers.CharField(), help_text="Why the state is what it is, in Spanish.")
    next_at = serializers.DateTimeField(allow_null=True, help_text="The next try, where one was put off.")
    suppressed = serializers.SerializerMethodField(help_text="Whether the address is held back now: a resend to it is refused.")
    meant = serializers.CharField(help_text="The address that was probably meant by one that has to be corrected, or empty.")
    since = serializers.DateTimeField()
    sends = serializers.IntegerField(help_text="How many messages were ever owed to this address.")
    confirmed = serializers.SerializerMethodField(help_text="Whether the buyer confirmed from this address.")
    delivery = serializers.UUIDField(source="delivery.pk")

    @extend_schema_field(serializers.ChoiceField(REMEDIES))
    def get_remedy(self, card: RecipientCard) -> str:
        """One word."""
        return card.remedy

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(FLAGS)))
    def get_flags(self, card: RecipientCard) -> list[str]:
        """Those that hold."""
        return flags_of(card.delivery)

    def get_suppressed(self, card: RecipientCard) -> bool:
        """By a bounce, a complaint, the provider or a person."""
        return card.suppression is not None

    def get_confirmed(self, card: RecipientCard) -> bool:
        """By the button of the mail's link."""
        return card.answer is not None
